import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { openDatabase } from './open-database.ts'
import type { Access } from './open-database.ts'
import { guardStorage } from './storage-error.ts'
import { Store } from './store.ts'

interface StoreOptions {
  readonly folder: string
  /** Reading a folder without a database shows what a fresh one would hold; writing makes it. */
  readonly access: Access
  readonly clock: Clock
}

/** Throws UserError('storage') when the file is damaged, not ours, of a newer schema, or may not be opened. */
export function openStore({ folder, access, clock }: StoreOptions): Store {
  const path = join(folder, 'mtlb.db')
  const database = guardStorage(path, () => openDatabase(path, access))
  return new Store(path, database, clock)
}
