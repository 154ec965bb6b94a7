import type { Call } from '../call.ts'
import { announce, openForChange, writeChange } from '../change.ts'
import type { Command } from '../command.ts'
import { writeFlags } from '../global-flags.ts'
import { addressFlags, addressOperands, readAddress, tenantOf } from './address.ts'
import type { Values } from './flags.ts'
import type { Noun, Row } from './noun.ts'
import { getRow } from './rows.ts'
import { printRow } from './show.ts'

export interface Preset {
  readonly verb: string
  readonly summary: string
  /** Fields that the verb sets. */
  readonly changes: (row: Row, call: Call) => Values
}

/** A verb that sets certain fields of one row: `tenant suspend`, `key revoke`. */
export function createPresetCommand(noun: Noun, { verb, summary, changes }: Preset): Command {
  const { entity } = noun
  return {
    words: [entity.command, verb],
    summary,
    operands: addressOperands(noun),
    flags: [...addressFlags(noun), ...writeFlags],
    examples: noun.examples?.[verb] ?? [],
    run: async (call) => {
      const address = await readAddress(noun, call)
      await openForChange(call, async (store) => {
        const before = getRow(store, entity, address)
        const { result: row, revision } = writeChange(call, store, (writer) =>
          writer.update(entity, before.id, changes(before, call)),
        )
        if (call.print.isJson) printRow(call, store, { entity, row })
        await announce(call, revision, tenantOf(entity, address))
      })
    },
  }
}
