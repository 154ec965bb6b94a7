import type { Database } from 'better-sqlite3'
import { sqlName } from './sql-name.ts'

/**
 * Makes a table anew with another declaration, rows, ids and triggers as they were, and the columns in their order: for what ALTER
 * TABLE cannot change (https://sqlite.org/lang_altertable.html, section 7). Whatever refers to the table goes on doing so.
 */
export function rebuildTable(database: Database, table: string, { declare, select = '*' }: Rebuilding): void {
  const { sql } = readSchema(database, 'table', table)[0]
  const triggers = readSchema(database, 'trigger', table)
  database.pragma('legacy_alter_table = ON')
  try {
    database.exec(`
      ALTER TABLE ${sqlName(table)} RENAME TO ${table}_before;
      ${declare(sql)};
      INSERT INTO ${sqlName(table)} SELECT ${select} FROM ${table}_before;
      DELETE FROM sqlite_sequence WHERE name = '${table}';
      UPDATE sqlite_sequence SET name = '${table}' WHERE name = '${table}_before';
      DROP TABLE ${table}_before;
      ${triggers.map((trigger) => `${trigger.sql};`).join('\n')}
    `)
  } finally {
    database.pragma('legacy_alter_table = OFF')
  }
}

export interface Rebuilding {
  /** The new declaration, from the one that there was. */
  readonly declare: (before: string) => string
  /** What the rows become, in the order of the new columns; without it they stay as they are. */
  readonly select?: string
}

function readSchema(database: Database, type: string, table: string): readonly { readonly sql: string }[] {
  return database.prepare('SELECT sql FROM sqlite_schema WHERE type = ? AND tbl_name = ?').all(type, table) as {
    readonly sql: string
  }[]
}
