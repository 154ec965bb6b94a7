import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Database as Connection } from 'better-sqlite3'
import { UserError } from '../kit/user-error.ts'
import { asStorageError } from './storage-error.ts'

/** What a kind of file is recognised by, and how it is made. */
export interface FileKind {
  /** PRAGMA application_id. */
  readonly applicationId: number
  /** PRAGMA user_version; a higher one in the file belongs to a newer mtlb. */
  readonly version: number
  readonly schema: string
  /** Leads from the version before to this one. */
  readonly upgrade?: string
}

/** Opens a file of the recorder, or makes it. Throws what SQLite and the system say, and UserError for foreign files. */
export function openForWriting(path: string, kind: FileKind): Connection {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 })
  const isNew = !existsSync(path)
  const database = new Database(path, { timeout: 2_000 })
  try {
    if (isNew) chmodSync(path, 0o640)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    // What is removed is overwritten where its page is written anyway; `purge` sees to the other pages.
    database.pragma('secure_delete = FAST')
    database.transaction(() => createOrCheck(database, path, kind)).immediate()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens a file of the recorder to read; undefined when there is none. Throws UserError `storage`. */
export function openForReading(path: string, kind: FileKind): Connection | undefined {
  return guardStorage(path, () => {
    // Unlike `existsSync`, this does not take a folder that may not be entered for an empty one.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    const database = new Database(path, { readonly: true, timeout: 2_000 })
    try {
      if (isEmpty(database)) {
        database.close()
        return undefined
      }
      const found = check(database, path, kind)
      if (found === kind.version) return database
      throw new UserError(
        'storage',
        `'${path}' was written by an older mtlb (format ${found})`,
        'Start this one: it upgrades the file.',
      )
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Room that is overwritten at once: a transaction of some milliseconds. */
const purgeBytes = 4 * 2 ** 20

/**
 * Leaves no byte of what was removed in a file's free pages, nor in its journal. New rows of zeros take every free page; when
 * they go, the pages are free again. Waits for readers; throws when they do not end within the timeout.
 */
export function purge(database: Connection): void {
  const freePages = () => Number(database.pragma('freelist_count', { simple: true }))
  database.exec('CREATE TABLE IF NOT EXISTS zeros (room BLOB NOT NULL) STRICT')
  const insert = database.prepare('INSERT INTO zeros (room) VALUES (zeroblob(?))')
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  for (let left = freePages(); left > 0; left = freePages()) insert.run(Math.min(left * pageBytes, purgeBytes))
  database.exec('DROP TABLE zeros')
  database.pragma('wal_checkpoint(TRUNCATE)')
}

/** Runs something against the file and turns what SQLite or the system says into UserError `storage`. */
export function guardStorage<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw asStorageError(path, error)
  }
}

function createOrCheck(database: Connection, path: string, kind: FileKind): void {
  if (!isEmpty(database)) {
    const found = check(database, path, kind)
    if (found < kind.version && kind.upgrade !== undefined) database.exec(kind.upgrade)
    database.pragma(`user_version = ${kind.version}`)
    return
  }
  database.exec(kind.schema)
  database.pragma(`application_id = ${kind.applicationId}`)
  database.pragma(`user_version = ${kind.version}`)
}

function isEmpty(database: Connection): boolean {
  return database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
}

/** The version of the file's format. */
function check(database: Connection, path: string, { applicationId, version }: FileKind): number {
  if (database.pragma('application_id', { simple: true }) !== applicationId) {
    throw new UserError('storage', `'${path}' is not a file of mtlb`, 'Move it elsewhere.')
  }
  const found = Number(database.pragma('user_version', { simple: true }))
  if (found > version) {
    throw new UserError('storage', `'${path}' was written by a newer mtlb (format ${found})`, 'Upgrade this mtlb.')
  }
  return found
}
