import { randomBytes } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Tables } from './tables.ts'

/** What sticky cookies are signed with: 256 random bits of this data folder alone, so that they survive restarts. */
export function createSecrets(database: Database): void {
  const insert = database.prepare('INSERT INTO secret (name, value) VALUES (?, ?)')
  insert.run('sticky', randomBytes(32).toString('base64url'))
}

/** Empty when somebody has removed it. */
export function readStickySecret(tables: Tables): string {
  return String(tables.prepare('SELECT value FROM secret WHERE name = ?').get('sticky')?.value ?? '')
}
