import { host } from '../../model/host.ts'
import { tenant as entity } from '../../model/tenant.ts'
import type { Call } from '../call.ts'
import { listFlag } from '../call.ts'
import { announce, openForChange, writeChange } from '../change.ts'
import type { Command } from '../command.ts'
import { defineNoun } from '../define-noun.ts'
import { writeFlags } from '../global-flags.ts'
import type { Noun } from '../noun.ts'
import { addressOperands, readAddress } from '../noun-address.ts'
import { createAddCommand } from '../noun-add.ts'
import { getRow } from '../noun-rows.ts'
import { printRow } from '../noun-show.ts'

export const tenant = defineNoun({
  entity,
  examples: {
    add: [{ command: 'mtlb tenant add acme --host api.acme.example' }],
    list: [{ command: 'mtlb tenant list --json' }],
    set: [{ command: "mtlb tenant set acme --note 'pilot customer'" }],
    suspend: [{ command: 'mtlb tenant suspend acme', note: 'every request gets 403 tenant_suspended' }],
    resume: [{ command: 'mtlb tenant resume acme' }],
    remove: [{ command: 'mtlb tenant remove acme --yes', note: 'with all that belongs to it' }],
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
    createStateCommand(noun, { verb: 'suspend', state: 'suspended', summary: 'Refuse every request of the tenant.' }),
    createStateCommand(noun, { verb: 'resume', state: 'active', summary: 'Serve a suspended tenant again.' }),
  ],
})

function readHosts(call: Call): readonly string[] {
  return listFlag(call, 'host').map((text) => host.fields.name.parse(text))
}

interface StateChange {
  readonly verb: string
  readonly state: 'active' | 'suspended'
  readonly summary: string
}

function createStateCommand(noun: Noun, { verb, state, summary }: StateChange): Command {
  return {
    words: [entity.command, verb],
    summary,
    operands: addressOperands(noun),
    flags: writeFlags,
    examples: noun.examples?.[verb] ?? [],
    run: async (call) => {
      const address = await readAddress(noun, call)
      await openForChange(call, async (store) => {
        const { id } = getRow(store, entity, address)
        const { result: row, revision } = writeChange(call, store, (writer) => writer.update(entity, id, { state }))
        if (call.print.isJson) printRow(call, store, { entity, row })
        await announce(call, revision, address[0])
      })
    },
  }
}
