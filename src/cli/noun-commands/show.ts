import type { Entity } from '../../kit/entity.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Command } from '../command.ts'
import { addressFlags, addressOperands, readAddress } from './address.ts'
import { nounColumns, withOwners } from './columns.ts'
import type { Noun, Row } from './noun.ts'
import { getRow } from './rows.ts'

/** Shows one row with every field that is no secret. */
export function createShowCommand(noun: Noun): Command {
  const { entity } = noun
  return {
    words: [entity.command, 'show'],
    summary: `Show one ${entity.noun} with all its fields.`,
    operands: addressOperands(noun),
    flags: addressFlags(noun),
    examples: noun.examples?.show ?? [],
    run: async (call) => {
      const address = await readAddress(noun, call, { mayOmitOwner: entity.unique === 'everywhere' })
      await readConfiguration(call, (store) => printRow(call, store, { entity, row: getRow(store, entity, address) }))
    },
  }
}

/** One row with the names of its owners. */
export function printRow(call: Call, store: Store, { entity, row }: { entity: Entity; row: Row }): void {
  const [owned] = withOwners(entity, [row], (owner) => store.list(owner))
  call.print.record(nounColumns(entity), owned)
}
