import type { Entity } from '../../kit/entity.ts'
import { UserError } from '../../kit/user-error.ts'
import type { Call } from '../call.ts'
import { textFlag } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Command, Operand } from '../command.ts'
import { addressFlags, ownersOf } from './address.ts'
import { nounColumns, withOwners } from './columns.ts'
import type { Noun, Row } from './noun.ts'
import { getPathId } from './rows.ts'

/** Lists all rows, or those below the owners that are named. */
export function createListCommand(noun: Noun): Command {
  const { entity } = noun
  return {
    words: [entity.command, 'list'],
    summary: `List every ${entity.noun}${describeOwners(entity)}.`,
    operands: ownerOperands(entity),
    flags: addressFlags(noun),
    examples: noun.examples?.list ?? [],
    run: async (call) => {
      const owners = ownersOf(entity)
      const path = readOwnerPath(call, entity)
      await readConfiguration(call, (store) => {
        const ownerId = getPathId(store, owners.slice(0, path.length), path)
        const isWhole = path.length === owners.length && entity.ownerProperty !== undefined
        const rows = store.list(entity, isWhole ? { [entity.ownerProperty]: ownerId } : {})
        const owned = withOwners(entity, rows, (owner) => store.list(owner))
        const wanted = owned.filter(({ owners: names }) => path.every((name, at) => names[at] === name))
        call.print.rows(nounColumns(entity), inOrder(noun, wanted), emptyNote(noun, path))
      })
    },
  }
}

/** Owners stay where they are. */
function inOrder<Owned extends { readonly owners: readonly string[]; readonly row: Row }>(
  { order }: Noun,
  rows: readonly Owned[],
): readonly Owned[] {
  if (order === undefined) return rows
  const groups = Map.groupBy(rows, ({ owners }) => owners.join('/'))
  return [...groups.values()].flatMap((group) => group.toSorted((a, b) => order(a.row, b.row)))
}

function describeOwners(entity: Entity): string {
  const nouns = ownersOf(entity).map(({ noun }) => noun)
  return nouns.length === 0 ? '' : `, or those of one ${nouns.join(' or ')}`
}

function ownerOperands(entity: Entity): readonly Operand[] {
  const owners = ownersOf(entity)
  if (owners.length === 0) return []
  const name = owners.map(({ noun }) => noun.toUpperCase()).join('[/') + ']'.repeat(owners.length - 1)
  return [{ name, summary: `Only those of this ${owners.map(({ noun }) => noun).join(' or ')}.`, isOptional: true }]
}

function readOwnerPath(call: Call, entity: Entity): readonly string[] {
  const owners = ownersOf(entity)
  const tenant = textFlag(call, 'tenant')
  const words = call.operands.flatMap((word) => word.split('/'))
  const path = tenant === undefined ? words : [tenant, ...words]
  if (path.length <= owners.length) return path
  const command = ['mtlb', ...call.words, ...ownerOperands(entity).map(({ name }) => name)]
  throw new UserError('usage', `'${path.join('/')}' has too many names`, `Write '${command.join(' ')}'.`)
}

function emptyNote(noun: Noun, path: readonly string[]): string {
  const { entity } = noun
  const where = path.length === 0 ? '' : ` in '${path.join('/')}'`
  const example = noun.examples?.add?.[0]?.command
  return example === undefined ? `No ${entity.noun}${where}.` : `No ${entity.noun}${where}. Add one: '${example}'.`
}
