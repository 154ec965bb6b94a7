import type { Entity } from '../../kit/entity.ts'
import type { Misfit } from '../../model/pool-misfit.ts'
import type { Settings } from '../../model/setting.ts'
import type { Command, Example } from '../command.ts'

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
  /** By verb. */
  readonly examples?: Readonly<Record<string, readonly Example[]>>
  /** The own name has slashes, so the tenant only comes by `--tenant`. */
  readonly isTenantFlagged?: boolean
  /** Written by hand: they take the place of generated ones with the same verb, or come after them. */
  readonly commands?: (noun: Noun) => readonly Command[]
}
