import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { UserError } from '../kit/user-error.ts'
import { guardStorage } from './storage-error.ts'

export interface InstanceLock {
  release(): void
}

/** One server per data folder. The kernel holds the lock for us: it dies with the process, however that ends. */
export function takeInstanceLock(folder: string): InstanceLock {
  const path = join(folder, 'serve.lock')
  return guardStorage(path, () => {
    mkdirSync(folder, { recursive: true, mode: 0o750 })
    const database = new Database(path, { timeout: 0 })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      throw isBusy(error) ? createConflict(folder) : error
    }
    return { release: () => database.close() }
  })
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function createConflict(folder: string): UserError {
  return new UserError(
    'conflict',
    `another server is running on '${folder}'`,
    "See 'mtlb status', stop that one, or name another folder with --data.",
  )
}
