import type { Writer } from '../../store/writer.ts'
import type { Call } from '../call.ts'
import { announce, openForChange, writeChange } from '../change.ts'
import type { Command, Flag } from '../command.ts'
import { writeFlags } from '../global-flags.ts'
import { addressFlags, addressOperands, readAddress, tenantOf } from './address.ts'
import type { Values } from './flags.ts'
import { addFields, askForMissing, createFlag, readFlags } from './flags.ts'
import type { Noun } from './noun.ts'
import { checkFit } from './check-fit.ts'
import { checkReferences, choicesOf } from './references.ts'
import { getRow, newRow } from './rows.ts'
import { checkSharedOwner, findOwner } from './shared-pools.ts'
import { printRow } from './show.ts'

export interface AddOptions {
  readonly verb?: string
  readonly summary?: string
  /** Values that the verb itself says: `ip deny`. */
  readonly preset?: Values
  /** More flags, and what they write in the same transaction. */
  readonly flags?: readonly Flag[]
  readonly writeMore?: (call: Call, writer: Writer, id: number) => void
}

/** Adds one row: name from words, values from flags, what is required and missing from questions. */
export function createAddCommand(noun: Noun, options: AddOptions = {}): Command {
  const { entity } = noun
  const { verb = 'add', preset = {} } = options
  const fields = addFields(entity).filter(({ property }) => !(property in preset))
  return {
    words: [entity.command, verb],
    summary: options.summary ?? `Add ${withArticle(entity.noun)}.`,
    operands: addressOperands(noun),
    flags: [...fields.map(createFlag), ...(options.flags ?? []), ...addressFlags(noun), ...writeFlags],
    examples: noun.examples?.[verb] ?? [],
    run: async (call) => {
      const address = await readAddress(noun, call, { mayBePlace: false })
      const given = readFlags(fields, call)
      await openForChange(call, async (store) => {
        checkSharedOwner(entity, address)
        const owner = findOwner(store, entity, address)
        const { id: ownerId } = owner
        const values = await askForMissing(fields, given, {
          call,
          choicesOf: (field) => choicesOf(store, field, ownerId),
        })
        checkReferences(store, entity, { tenantId: ownerId, tenant: address[0], values })
        noun.nameFlags?.check(store, address)
        checkFit(noun, store, newRow(entity, { ownerId, address, values }))
        const { revision } = writeChange(call, store, (writer) => {
          const { id } = writer.insert(
            entity,
            newRow(entity, { ownerId: owner.make(writer), address, values: { ...preset, ...values } }),
          )
          options.writeMore?.(call, writer, id)
        })
        if (call.print.isJson) printRow(call, store, { entity, row: getRow(store, entity, address) })
        await announce(call, revision, tenantOf(entity, address))
      })
    },
  }
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}
