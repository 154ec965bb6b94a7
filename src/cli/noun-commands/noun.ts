import type { Entity } from '../../kit/entity.ts'
import type { Misfit } from '../../model/misfit.ts'
import type { Settings } from '../../model/setting.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import type { Command, Example, Flag } from '../command.ts'
import type { Address } from './address.ts'

/** A stored row of any noun, decoded. */
export type Row = { readonly id: number } & Readonly<Record<string, unknown>>

/** What the command line knows of a noun beyond its entity. */
export interface Noun {
  readonly entity: Entity
  readonly details?: string
  /** What does not go together in a row's values, those that are not given having their defaults. */
  readonly findMisfit?: (values: Readonly<Record<string, unknown>>) => Misfit | undefined
  /** What the settings do not allow. */
  readonly findForbidden?: (values: Readonly<Record<string, unknown>>, settings: () => Settings) => Misfit | undefined
  /** The order of `list` within an owner; without it that in which they were added. */
  readonly order?: (a: Row, b: Row) => number
  /** By verb. */
  readonly examples?: Readonly<Record<string, readonly Example[]>>
  /** The own name has slashes, so the tenant only comes by `--tenant`. */
  readonly isTenantFlagged?: boolean
  /** Its own name comes from flags, not from a word. */
  readonly nameFlags?: NameFlags
  /** `set` makes a row where there is none. */
  readonly isMadeBySet?: boolean
  /** Written by hand: they take the place of generated ones with the same verb, or come after them. */
  readonly commands?: (noun: Noun) => readonly Command[]
}

export interface NameFlags {
  readonly flags: readonly Flag[]
  /** Throws UserError('usage'). */
  readonly read: (call: Call) => string
  /** Before a row is written: throws UserError for a name that means nothing. */
  readonly check: (store: Store, address: Address) => void
}
