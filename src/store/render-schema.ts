import type { Entity, Field } from '../kit/entity.ts'
import { audit } from '../model/audit.ts'
import { entities } from '../model/index.ts'
import { renderTriggers } from './render-triggers.ts'
import { sqlName } from './sql-name.ts'

/** The whole schema of a fresh database, as `schema.sql` has it. */
export function renderSchema(): string {
  const tables = [...entities, audit].map(renderTable)
  return `${[header, revisionTables, ...tables, auditSealTable, ...renderTriggers(entities)].join('\n\n')}\n`
}

const header = `-- The schema of mtlb.db: configuration, revisions, audit trail.
-- Generated from src/model; do not edit. Triggers keep the revisions, so any SQL writer may change rows.`

const revisionTables = `-- Counters: 'latest' goes up with every change, 'global' is the latest that touched a listener or a setting.
CREATE TABLE revision (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO revision (name, value) VALUES ('latest', 0), ('global', 0);

-- Tenants that are gone, and the revision that removed them. Ids are never used again.
CREATE TABLE removed_tenant (
  id INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX removed_tenant_by_revision ON removed_tenant (revision);

-- What mtlb signs with. Made with the file, of use to nobody else, shown by no command.
CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;`

/** Also what the migration makes that brought it. */
export const auditSealTable = `-- What shows whether a row of the audit trail is as it was written, and where it was.
CREATE TABLE audit_seal (
  id INTEGER PRIMARY KEY,
  salt TEXT, -- Random; gone when the row's values were erased.
  digest TEXT NOT NULL, -- SHA-256 of salt, command, names and values.
  chain TEXT NOT NULL -- SHA-256 of the chain up to the row before, this digest, and all else that the row says.
) STRICT;`

function renderTable(entity: Entity): string {
  const lines = [
    { sql: 'id INTEGER PRIMARY KEY AUTOINCREMENT', comment: '' },
    ...renderOwner(entity),
    ...entity.fieldList.map((field) => ({ sql: renderColumn(field), comment: field.summary })),
    ...renderUnique(entity),
  ]
  const body = lines.map(({ sql, comment }, index) => {
    const comma = index === lines.length - 1 ? '' : ','
    return `  ${sql}${comma}${comment === '' ? '' : ` -- ${comment}`}`
  })
  const create = `-- ${entity.summary}\nCREATE TABLE ${sqlName(entity.table)} (\n${body.join('\n')}\n) STRICT;`
  return [create, ...renderIndexes(entity)].join('\n')
}

function renderOwner({ scope, ownerColumn }: Entity) {
  if (ownerColumn === undefined) return []
  return [{ sql: `${ownerColumn} INTEGER NOT NULL REFERENCES ${sqlName(scope)} (id) ON DELETE CASCADE`, comment: '' }]
}

function renderColumn(field: Field): string {
  const column = sqlName(field.column)
  const check = field.check(column)
  const fallback = renderDefault(field)
  return [
    column,
    field.sqlType,
    ...(field.isNullable ? [] : ['NOT NULL']),
    ...(fallback === undefined ? [] : [`DEFAULT ${fallback}`]),
    ...(check === undefined ? [] : [`CHECK (${check})`]),
  ].join(' ')
}

function renderDefault(field: Field): string | undefined {
  if (field.default === undefined) return undefined
  const value = field.encode(field.default)
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

function renderUnique({ unique, nameField, fields, ownerColumn }: Entity) {
  if (unique === 'nowhere') return []
  const owner = unique === 'everywhere' ? undefined : ownerColumn
  const name = nameField === undefined ? undefined : sqlName(fields[nameField].column)
  const columns = [owner, name].filter((column) => column !== undefined)
  return [{ sql: `UNIQUE (${columns.join(', ')})`, comment: '' }]
}

/** What a lookup by owner or by revision needs and no UNIQUE gives. */
function renderIndexes({ unique, table, ownerColumn, fieldList }: Entity): readonly string[] {
  const byOwner = unique === 'everywhere' && ownerColumn !== undefined ? [ownerColumn] : []
  const byRevision = fieldList.filter((field) => field.isDerived).map((field) => field.column)
  return [...byOwner, ...byRevision].map(
    (column) => `CREATE INDEX ${table}_by_${column.replace(/_id$/, '')} ON ${sqlName(table)} (${column});`,
  )
}
