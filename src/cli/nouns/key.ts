import { mintKey } from '../../auth/key.ts'
import { key as entity } from '../../model/key.ts'
import { announce, openForChange, writeChange } from '../change.ts'
import type { Command } from '../command.ts'
import { writeFlags } from '../global-flags.ts'
import { addressFlags, addressOperands, readAddress } from '../noun-commands/address.ts'
import { nounColumns } from '../noun-commands/columns.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'
import { addFields, createFlag, readFlags } from '../noun-commands/flags.ts'
import type { Noun } from '../noun-commands/noun.ts'
import { createPresetCommand } from '../noun-commands/preset.ts'
import { getOwnerId } from '../noun-commands/rows.ts'
import { jsonObject } from '../print/print.ts'

export const key = defineNoun({
  entity,
  details: 'A secret is shown once, when its key is added; mtlb keeps only its hash.',
  examples: {
    add: [{ command: 'KEY=$(mtlb key add acme/ci)', note: 'prints the key, alone, once' }],
    list: [{ command: 'mtlb key list --tenant acme' }],
    set: [{ command: "mtlb key set acme/ci --note 'build machines'" }],
    revoke: [{ command: 'mtlb key revoke acme/ci', note: 'it opens nothing from now on' }],
    remove: [{ command: 'mtlb key remove acme/ci' }],
  },
  commands: (noun) => [
    createAddKey(noun),
    createPresetCommand(noun, {
      verb: 'revoke',
      summary: 'Make a key open nothing any more; it stays in the list.',
      changes: ({ revokedMs }, { surroundings }) => ({ revokedMs: revokedMs ?? surroundings.clock.wallMs() }),
    }),
  ],
})

function createAddKey(noun: Noun): Command {
  const fields = addFields(entity)
  return {
    words: ['key', 'add'],
    summary: 'Add a key and print its secret: alone on stdout, only now.',
    operands: addressOperands(noun),
    flags: [...fields.map(createFlag), ...addressFlags(noun), ...writeFlags],
    examples: noun.examples?.add ?? [],
    run: async (call) => {
      const [tenant, name] = await readAddress(noun, call)
      const values = readFlags(fields, call)
      await openForChange(call, async (store) => {
        const tenantId = getOwnerId(store, entity, [tenant, name]) ?? 0
        const { secret, hash, prefix } = mintKey()
        const { result: row, revision } = writeChange(call, store, (writer) =>
          writer.insert(entity, { ...values, tenantId, name, hash, prefix }),
        )
        const { print } = call
        if (!print.isJson) print.line(secret)
        else print.json({ ...jsonObject(nounColumns(entity), { owners: [tenant], row }), secret })
        await announce(call, revision, tenant)
      })
    },
  }
}
