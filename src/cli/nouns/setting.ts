import type { Field } from '../../kit/entity.ts'
import { UserError } from '../../kit/user-error.ts'
import { findSetting, parseSettings, setting as entity, settingList, settingName } from '../../model/setting.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { announce, openForChange, readConfiguration, writeChange } from '../change.ts'
import type { Operand, Topic } from '../command.ts'
import { didYouMean } from '../did-you-mean.ts'
import { writeFlags } from '../global-flags.ts'
import type { Column } from '../print/column.ts'
import { createColumn } from '../print/column.ts'

const name: Operand = { name: 'NAME', summary: 'The setting.' }

/** By hand: the names are declared, so there is nothing to add, and removing means the default. */
export const setting: Topic = {
  name: entity.command,
  summary: entity.summary,
  details: settingList.map((field) => `${settingName(field)}: ${field.summary}`).join('\n'),
  commands: [
    {
      words: ['setting', 'list'],
      summary: 'List every setting with its value, defaults included.',
      examples: [{ command: 'mtlb setting list' }],
      run: (call) => readConfiguration(call, (store) => call.print.rows(columns, readSettings(store))),
    },
    {
      words: ['setting', 'show'],
      summary: 'Show one setting.',
      operands: [name],
      examples: [{ command: 'mtlb setting show trusted-proxies' }],
      run: (call) => {
        const field = getSetting(call)
        return readConfiguration(call, (store) => printSetting(call, store, field))
      },
    },
    {
      words: ['setting', 'set'],
      summary: 'Give a setting another value.',
      operands: [name, { name: 'VALUE', summary: 'Its value; lists are joined by commas.' }],
      flags: writeFlags,
      examples: [
        { command: 'mtlb setting set trusted-proxies 10.0.0.0/8,192.168.0.0/16' },
        { command: 'mtlb setting set log-retention-days 90' },
      ],
      run: (call) => {
        const field = getSetting(call)
        const value = field.render(field.parse(getValue(call)))
        return changeSetting(call, field, value)
      },
    },
    {
      words: ['setting', 'remove'],
      summary: 'Go back to the default.',
      operands: [name],
      flags: writeFlags,
      examples: [{ command: 'mtlb setting remove log-retention-days' }],
      run: (call) => changeSetting(call, getSetting(call), undefined),
    },
  ],
}

interface SettingState {
  readonly field: Field
  readonly value: unknown
  readonly isDefault: boolean
}

const columns: readonly Column<SettingState>[] = [
  createColumn('name', 'text', ({ field }: SettingState) => settingName(field)),
  {
    ...createColumn('value', 'text', ({ field, value }: SettingState) => field.render(value)),
    raw: ({ field, value }) => field.renderRaw(value),
    json: ({ field, value }) => field.encodeJson(value),
  },
  { ...createColumn('is_default', 'boolean', ({ isDefault }: SettingState) => isDefault), title: 'default' },
  createColumn('summary', 'text', ({ field }: SettingState) => field.summary),
]

function readSettings(store: Store): SettingState[] {
  const { settings: rows } = store.readGlobal()
  const values: Readonly<Record<string, unknown>> = parseSettings(rows).settings
  return settingList.map((field) => ({
    field,
    value: values[field.property],
    isDefault: !rows.some((row) => row.name === settingName(field)),
  }))
}

function printSetting(call: Call, store: Store, field: Field): void {
  const state = readSettings(store).find((candidate) => candidate.field === field)
  if (state !== undefined) call.print.record(columns, state)
}

/** Without a value the row goes. */
function changeSetting(call: Call, field: Field, value: string | undefined): Promise<void> {
  const named = { name: settingName(field) }
  return openForChange(call, async (store) => {
    const row = store.find(entity, named)
    const { revision } = writeChange(call, store, (writer) => {
      if (row !== undefined && value !== undefined) writer.update(entity, row.id, { value })
      else if (row !== undefined) writer.remove(entity, row.id)
      else if (value !== undefined) writer.insert(entity, { ...named, value })
    })
    if (call.print.isJson) printSetting(call, store, field)
    await announce(call, revision, undefined)
  })
}

function getSetting(call: Call): Field {
  const [text] = call.operands
  if (text === undefined) throw new UserError('usage', 'the name is missing', "See 'mtlb setting list'.")
  const field = findSetting(text)
  if (field !== undefined) return field
  const hint = didYouMean(text, settingList.map(settingName)) ?? "See 'mtlb setting list'."
  throw new UserError('not_found', `setting '${text}' does not exist`, hint)
}

function getValue({ operands }: Call): string {
  const [text, value] = operands
  if (value !== undefined) return value
  throw new UserError('usage', 'the value is missing', `Write 'mtlb setting set ${text} VALUE'.`)
}
