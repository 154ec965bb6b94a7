import { settingList, settingName } from '../src/model/setting.ts'
import { renderTable } from './render-table.ts'

/** The page of all settings with their defaults. */
export function renderSettings(): string {
  const rows = settingList.map((setting) => [
    `\`${settingName(setting)}\``,
    setting.valueName,
    `\`${setting.render(setting.default)}\``.replace('``', 'none'),
    setting.summary,
  ])
  return `${intro}\n\n${renderTable([['Setting', 'Value', 'Default', 'Meaning'], ...rows])}\n`
}

const intro = `<!-- Generated from src/model/setting.ts by \`npm run generate\`; do not edit. -->

# Settings

What holds for all tenants. \`mtlb setting list\` shows the values in force; a change is applied at once, without a
restart.`
