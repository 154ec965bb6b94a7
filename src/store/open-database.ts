import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Database as Connection } from 'better-sqlite3'
import { createSchema, isOutdated, migrate } from './migrate.ts'
import { migrations as ourMigrations } from './migrations.ts'
import type { Migration } from './migrations.ts'

export type Access = 'read' | 'write'

const busyTimeoutMs = 5_000

/** A connection to a database of ours at the newest schema version. Throws UserError, SqliteError and system errors. */
export function openDatabase(path: string, access: Access, migrations = ourMigrations): Connection {
  // Unlike `existsSync` this tells a file that is missing from one that is out of reach.
  const file = statSync(path, { throwIfNoEntry: false })
  if (file === undefined) {
    if (access === 'read') return openEmpty(migrations)
    createFile(path, migrations)
  }
  if (file?.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' })
  return access === 'read' ? openForRead(path, migrations) : openForWrite(path, migrations)
}

/** What a fresh database would hold: reading writes nothing. */
function openEmpty(migrations: readonly Migration[]): Connection {
  const database = new Database(':memory:')
  createSchema(database, migrations)
  return database
}

function openForWrite(path: string, migrations: readonly Migration[]): Connection {
  for (const place of [path, dirname(path)]) accessSync(place, constants.R_OK | constants.W_OK)
  const database = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs })
  return closeOnError(database, () => {
    // First see whose file it is: the journal mode is written into it.
    const mustMigrate = isOutdated(database, path, migrations)
    prepareConnection(database, ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON'])
    if (mustMigrate) migrate(database, path, migrations)
  })
}

function openForRead(path: string, migrations: readonly Migration[]): Connection {
  const database = openReadable(path)
  return closeOnError(database, () => {
    if (isOutdated(database, path, migrations)) openForWrite(path, migrations).close()
  })
}

function openReadable(path: string): Connection {
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
    return closeOnError(database, () => prepareConnection(database, []))
  } catch (error) {
    if (!isUnwritableFolder(error) || hasUnmergedChanges(path)) throw error
    return openCopy(path)
  }
}

/** Settings that belong to the connection, not to the file. The first one reads the file, so it finds what is wrong. */
function prepareConnection(database: Connection, pragmas: readonly string[]): void {
  for (const pragma of ['schema_version', 'trusted_schema = OFF', ...pragmas]) database.pragma(pragma)
}

function closeOnError(database: Connection, work: () => void): Connection {
  try {
    work()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A reader of a WAL file needs a shared-memory file beside it, and may not be allowed to make one. */
function isUnwritableFolder(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CANTOPEN|READONLY)/.test(error.code)
}

function hasUnmergedChanges(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** Bytes 18 and 19 of the header say WAL (2), which a database in memory cannot have (SQLite file format, 1.3.3). */
function openCopy(path: string): Connection {
  const bytes = readFileSync(path)
  bytes.fill(1, 18, 20)
  const database = new Database(bytes)
  return closeOnError(database, () => prepareConnection(database, ['query_only = ON']))
}

/** The file appears complete or not at all, also when two commands make it at once. */
function createFile(path: string, migrations: readonly Migration[]): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o750 })
  const fresh = `${path}.new-${process.pid}`
  rmSync(fresh, { force: true })
  try {
    // SQLite keeps the mode of a file that is there, and gives it to its companions.
    closeSync(openSync(fresh, 'wx', 0o640))
    const database = new Database(fresh)
    try {
      createSchema(database, migrations)
      database.pragma('journal_mode = WAL')
    } finally {
      database.close()
    }
    giveToFolderOwner(fresh, folder)
    linkUnlessPresent(fresh, path)
    syncFolder(folder)
  } finally {
    rmSync(fresh, { force: true })
  }
}

/** Root prepares the folder of a service that runs as another user. */
function giveToFolderOwner(path: string, folder: string): void {
  const { uid, gid } = statSync(folder)
  if (process.getuid?.() === 0) chownSync(path, uid, gid)
}

function linkUnlessPresent(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}

/** A power cut must not take the name of the file with it. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
