import { tenant as tenantEntity } from '../../model/tenant.ts'
import { textFlag } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Topic } from '../command.ts'
import { getRow } from '../noun-commands/rows.ts'

const summary = 'Write the configuration as a YAML document.'

export const exportVerb: Topic = {
  name: 'export',
  summary,
  commands: [
    {
      words: ['export'],
      summary,
      details:
        'What has its default is left out; the order is always the same, so that equal configurations are equal bytes. Of keys it has ' +
        "hashes, of secrets nothing. 'mtlb apply' reads it.",
      flags: [{ name: 'tenant', value: 'tenant', summary: 'Only this tenant with all that is its own.' }],
      examples: [{ command: 'mtlb export' }, { command: 'mtlb export --tenant acme' }],
      run: async (call) => {
        const { readItems } = await import('../../config/read-items.ts')
        const { renderDocument } = await import('../../config/render-document.ts')
        await readConfiguration(call, (store) => {
          const tenant = textFlag(call, 'tenant')
          if (tenant !== undefined) getRow(store, tenantEntity, [tenant])
          call.print.out.write(renderDocument(readItems(store, { tenant })))
        })
      },
    },
  ],
}
