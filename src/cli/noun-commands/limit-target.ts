import { parsePer, splitLimitTarget } from '../../kit/field/limit-target.ts'
import { UserError } from '../../kit/user-error.ts'
import { key } from '../../model/key.ts'
import { route } from '../../model/route.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { textFlag } from '../call.ts'
import type { Flag } from '../command.ts'
import type { Address } from './address.ts'
import { findRow, getOwnerId } from './rows.ts'
import { createRowNotFound } from './row-not-found.ts'

/** Which of a tenant's limits is meant; without either that of the tenant as a whole. */
export const targetFlags: readonly Flag[] = [
  { name: 'route', value: 'route', summary: 'The limit of this route.' },
  { name: 'key', value: 'key', summary: 'The limit of this key.' },
  {
    name: 'per',
    value: 'client|header:NAME|query:NAME',
    summary: 'The limit that each client, or each value of a header or query parameter, has for itself.',
  },
]

/** `tenant`, `route:api`, `key:ci/client`. Throws UserError('usage') for what names no limit. */
export function readLimitTarget(call: Call): string {
  const routeName = textFlag(call, 'route')
  const keyName = textFlag(call, 'key')
  if (routeName !== undefined && keyName !== undefined) {
    throw new UserError('usage', '--route and --key name two limits', 'Leave one out.')
  }
  const named = keyName === undefined ? 'tenant' : `key:${keyName}`
  return (routeName === undefined ? named : `route:${routeName}`) + readPer(call)
}

function readPer(call: Call): string {
  const given = textFlag(call, 'per')
  if (given === undefined) return ''
  const per = parsePer(given)
  if (per !== undefined) return `/${per}`
  throw new UserError('usage', `--per '${given}' is not one of client, header:NAME and query:NAME`)
}

/** Throws UserError('not_found') for a limit of a route or key that is not there. */
export function checkLimitTarget(store: Store, [tenant, target]: Address): void {
  const { level, name } = splitLimitTarget(target) ?? { level: 'tenant', name: '' }
  if (level === 'tenant') return
  const entity = level === 'route' ? route : key
  if (findRow(store, entity, [tenant, name]) !== undefined) return
  throw createRowNotFound(store, entity, { ownerId: getOwnerId(store, entity, [tenant]), path: [tenant, name] })
}
