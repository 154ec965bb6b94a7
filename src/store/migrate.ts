import { chmodSync, renameSync, rmSync, statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { UserError } from '../kit/user-error.ts'
import { listener } from '../model/listener.ts'
import { migrations as ourMigrations } from './migrations.ts'
import type { Migration } from './migrations.ts'
import { renderSchema } from './render-schema.ts'
import { createSecrets } from './secrets.ts'
import { sqlName } from './sql-name.ts'

/** `mtlb` in ASCII: marks the files that are ours. */
export const applicationId = 0x6d_74_6c_62

/** The schema version that this mtlb writes. */
export function newestVersion(migrations: readonly Migration[] = ourMigrations): number {
  return 1 + migrations.length
}

/** Fills an empty database: the schema at its newest version, and one listener. */
export function createSchema(database: Database, migrations = ourMigrations): void {
  const { name, bind } = listener.fields
  const create = database.transaction(() => {
    database.exec(renderSchema())
    createSecrets(database)
    database
      .prepare(`INSERT INTO ${sqlName(listener.table)} (${name.column}, ${bind.column}) VALUES (?, ?)`)
      .run(name.encode('main'), bind.encode('0.0.0.0:8080'))
    database.pragma(`application_id = ${applicationId}`)
    database.pragma(`user_version = ${newestVersion(migrations)}`)
  })
  create.immediate()
}

/** Refuses what is not ours and what is newer than we are; true when the schema is older and must be migrated. */
export function isOutdated(database: Database, path: string, migrations = ourMigrations): boolean {
  if (database.pragma('application_id', { simple: true }) !== applicationId) {
    throw new UserError(
      'storage',
      `'${path}' is not a database of mtlb`,
      'Nothing was changed. Move the file away, or name another folder with --data.',
    )
  }
  const version = readVersion(database)
  const newest = newestVersion(migrations)
  if (version <= newest) return version < newest
  throw new UserError(
    'storage',
    `'${path}' has schema version ${version}; this mtlb knows versions up to ${newest}`,
    'Nothing was changed. Use the newer mtlb that wrote it, or put an older backup in its place.',
  )
}

/** Brings the schema up to date. A copy of the file as it was is left beside it: `mtlb.db.backup-v1`. */
export function migrate(database: Database, path: string, migrations = ourMigrations): void {
  backUp(database, path)
  // Tables that are built anew lose their references for a moment; each step checks them before it commits.
  database.pragma('foreign_keys = OFF')
  try {
    for (const [index, migration] of migrations.entries()) runMigration(database, migration, index + 1)
  } finally {
    database.pragma('foreign_keys = ON')
  }
}

function readVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

function backUp(database: Database, path: string): void {
  const backup = `${path}.backup-v${readVersion(database)}`
  const partial = `${backup}.partial-${process.pid}`
  try {
    database.prepare('VACUUM INTO ?').run(partial)
    chmodSync(partial, statSync(path).mode)
    renameSync(partial, backup)
  } finally {
    rmSync(partial, { force: true })
  }
}

function runMigration(database: Database, migration: Migration, fromVersion: number): void {
  const run = database.transaction(() => {
    // Another process may have been first.
    if (readVersion(database) !== fromVersion) return
    migration.run(database)
    const dangling = database.pragma('foreign_key_check')
    if (Array.isArray(dangling) && dangling.length > 0) {
      throw new Error(`migration '${migration.summary}' leaves ${dangling.length} rows without their owner`)
    }
    database.pragma(`user_version = ${fromVersion + 1}`)
  })
  run.immediate()
}
