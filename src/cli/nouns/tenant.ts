import { host } from '../../model/host.ts'
import { tenant as entity } from '../../model/tenant.ts'
import type { Call } from '../call.ts'
import { listFlag } from '../call.ts'
import { createAddCommand } from '../noun-commands/add.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'
import { createPresetCommand } from '../noun-commands/preset.ts'
import { createTenantRemoveCommand } from './tenant-erase.ts'

export const tenant = defineNoun({
  entity,
  examples: {
    add: [{ command: 'mtlb tenant add acme --host api.acme.example' }],
    list: [{ command: 'mtlb tenant list --json' }],
    set: [{ command: "mtlb tenant set acme --note 'pilot customer'" }],
    suspend: [{ command: 'mtlb tenant suspend acme', note: 'every request gets 403 tenant_suspended' }],
    resume: [{ command: 'mtlb tenant resume acme' }],
    remove: [
      { command: 'mtlb tenant remove acme --yes', note: 'with all that belongs to it' },
      { command: 'mtlb tenant remove acme --erase --yes', note: 'and all that was recorded of it' },
    ],
  },
  commands: (noun) => [
    createAddCommand(noun, {
      flags: [
        { name: 'host', value: 'host', isRepeatable: true, summary: 'A name that the tenant owns; may be repeated.' },
      ],
      writeMore: (call, writer, tenantId) => {
        for (const name of readHosts(call)) writer.insert(host, { tenantId, name })
      },
    }),
    createTenantRemoveCommand(noun),
    createPresetCommand(noun, {
      verb: 'suspend',
      summary: 'Refuse every request of the tenant.',
      changes: () => ({ state: 'suspended' }),
    }),
    createPresetCommand(noun, {
      verb: 'resume',
      summary: 'Serve a suspended tenant again.',
      changes: () => ({ state: 'active' }),
    }),
  ],
})

function readHosts(call: Call): readonly string[] {
  return [...new Set(listFlag(call, 'host').map((text) => host.fields.name.parse(text)))]
}
