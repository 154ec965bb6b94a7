import type { Entity } from '../../kit/entity.ts'
import { UserError } from '../../kit/user-error.ts'
import type { Store } from '../../store/store.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { Address } from './address.ts'
import { ownersOf } from './address.ts'
import { namesIn } from './names-in.ts'

/** `tenant 'acm' does not exist`. */
export function createRowNotFound(
  store: Store,
  entity: Entity,
  { ownerId, path }: { ownerId: number | undefined; path: Address },
): UserError {
  const owners = path.slice(0, ownersOf(entity).length).join('/')
  const list = `mtlb ${entity.command} list ${owners}`.trimEnd()
  if (entity.nameField === undefined) {
    return new UserError(
      'not_found',
      `tenant '${owners}' has no ${entity.noun}`,
      `Add one: 'mtlb ${entity.command} set ${owners} ${requiredFlags(entity)}'.`,
    )
  }
  const name = path.at(-1) ?? ''
  const where = owners === '' ? '' : ` in '${owners}'`
  const nearest = didYouMean(name, namesIn(store, entity, ownerId))
  const hint = nearest === undefined ? `See '${list}'.` : `${nearest} See '${list}'.`
  return new UserError('not_found', `${entity.noun} '${name}' does not exist${where}`, hint)
}

function requiredFlags({ fieldList }: Entity): string {
  const required = fieldList.filter(({ need, isManaged }) => need === 'required' && !isManaged)
  return required.map(({ flag, valueName }) => `${flag} ${valueName.toUpperCase()}`).join(' ')
}
