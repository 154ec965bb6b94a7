import { chownSync, closeSync, existsSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Database as Connection } from 'better-sqlite3'
import { createSchema, isOutdated, migrate } from './migrate.ts'
import { migrations as ourMigrations } from './migrations.ts'

export type Access = 'read' | 'write'

const busyTimeoutMs = 5_000

/** A connection to a database of ours at the newest schema version. Throws UserError and SqliteError. */
export function openDatabase(path: string, access: Access, migrations = ourMigrations): Connection {
  if (!existsSync(path)) {
    if (access === 'read') return openEmpty(migrations)
    createFile(path, migrations)
  }
  const database = access === 'read' ? openForRead(path) : openForWrite(path)
  try {
    if (!isOutdated(database, path, migrations)) return database
    if (access === 'write') {
      migrate(database, path, migrations)
      return database
    }
  } catch (error) {
    database.close()
    throw error
  }
  database.close()
  openDatabase(path, 'write', migrations).close()
  return openForRead(path)
}

/** What a fresh database would hold: reading writes nothing. */
function openEmpty(migrations = ourMigrations): Connection {
  const database = new Database(':memory:')
  createSchema(database, migrations)
  return database
}

function openForWrite(path: string): Connection {
  return prepareConnection(new Database(path, { fileMustExist: true, timeout: busyTimeoutMs }), [
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
  ])
}

function openForRead(path: string): Connection {
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
    return prepareConnection(database, [])
  } catch (error) {
    if (!isUnwritableFolder(error) || hasUnmergedChanges(path)) throw error
    return openCopy(path)
  }
}

/** Settings that belong to the connection, not to the file. The first one reads the file, so it finds what is wrong. */
function prepareConnection(database: Connection, pragmas: readonly string[]): Connection {
  try {
    database.pragma('schema_version')
    for (const pragma of [...pragmas, 'trusted_schema = OFF']) database.pragma(pragma)
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
  return prepareConnection(new Database(bytes), ['query_only = ON'])
}

/** The file appears complete or not at all, also when two commands make it at once. */
function createFile(path: string, migrations = ourMigrations): void {
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
