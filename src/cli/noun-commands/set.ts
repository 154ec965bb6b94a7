import { UserError } from '../../kit/user-error.ts'
import { announce, openForChange, writeChange } from '../change.ts'
import type { Command } from '../command.ts'
import { writeFlags } from '../global-flags.ts'
import { addressFlags, addressOperands, readAddress, tenantOf } from './address.ts'
import type { Values } from './flags.ts'
import { askForMissing, createFlag, readFlags, setFields } from './flags.ts'
import type { Noun } from './noun.ts'
import { checkFit } from './check-fit.ts'
import { checkReferences } from './references.ts'
import { checkSharedOwner } from './shared-pools.ts'
import { tenant as tenantEntity } from '../../model/tenant.ts'
import { findRow, getOwnerId, getRow, newRow } from './rows.ts'
import { printRow } from './show.ts'

/** Changes the fields whose flags are given. What goes by its owner's name is made when it is not there. */
export function createSetCommand(noun: Noun): Command {
  const { entity } = noun
  const fields = setFields(entity)
  return {
    words: [entity.command, 'set'],
    summary: `Change fields of one ${entity.noun}; others stay as they are.`,
    operands: addressOperands(noun),
    flags: [...fields.map(createFlag), ...addressFlags(noun), ...writeFlags],
    examples: noun.examples?.set ?? [],
    run: async (call) => {
      const address = await readAddress(noun, call, { mayOmitOwner: entity.unique === 'everywhere' })
      const values = readFlags(fields, call)
      if (Object.keys(values).length === 0) throw createNothingToSet(noun)
      await openForChange(call, async (store) => {
        if (entity !== tenantEntity) checkSharedOwner(entity, address)
        const isUpsert = entity.nameField === undefined || noun.isMadeBySet === true
        const row = isUpsert ? findRow(store, entity, address) : getRow(store, entity, address)
        const tenantId = getOwnerId(store, entity, address)
        checkReferences(store, entity, { tenantId, tenant: address[0], values })
        noun.nameFlags?.check(store, address)
        checkFit(noun, store, { ...newRow(entity, { ownerId: tenantId, address, values: row ?? {} }), ...values })
        const complete: Values =
          row === undefined ? await askForMissing(fields, values, { call, choicesOf: () => [] }) : values
        const { revision } = writeChange(call, store, (writer) => {
          if (row !== undefined) writer.update(entity, row.id, complete)
          else writer.insert(entity, newRow(entity, { ownerId: tenantId, address, values: complete }))
        })
        if (call.print.isJson) printRow(call, store, { entity, row: getRow(store, entity, address) })
        await announce(call, revision, tenantOf(entity, address))
      })
    },
  }
}

function createNothingToSet({ entity }: Noun): UserError {
  const flags = setFields(entity).map(({ flag }) => flag)
  return new UserError('usage', 'nothing to change', `Say what with ${flags.join(', ')}.`)
}
