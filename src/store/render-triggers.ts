import type { Entity } from '../kit/entity.ts'
import { sqlName } from './sql-name.ts'

type RowVersion = 'NEW' | 'OLD'

const bumpLatest = `UPDATE revision SET value = value + 1 WHERE name = 'latest';`
const latest = `(SELECT value FROM revision WHERE name = 'latest')`

/** Triggers that move the revision of whatever a change concerns: a tenant's, or the global one. */
export function renderTriggers(entities: readonly Entity[]): readonly string[] {
  return entities.map((entity) => {
    if (entity.table === 'tenant') return renderTenantTriggers(entity)
    const touch = (rows: readonly RowVersion[]) => renderTouch(entities, entity, rows)
    return [
      renderTrigger(entity, 'INSERT', touch(['NEW'])),
      renderTrigger(entity, 'UPDATE', touch(['OLD', 'NEW'])),
      renderTrigger(entity, 'DELETE', touch(['OLD'])),
    ].join('\n')
  })
}

/** A change of the revision itself must not count as a change. */
function renderTenantTriggers(tenant: Entity): string {
  const columns = tenant.fieldList.filter((field) => !field.isDerived).map((field) => sqlName(field.column))
  const touch = `UPDATE tenant SET revision = ${latest} WHERE id = NEW.id;`
  const remember = `INSERT OR REPLACE INTO removed_tenant (id, revision) VALUES (OLD.id, ${latest});`
  return [
    renderTrigger(tenant, 'INSERT', touch),
    renderTrigger(tenant, `UPDATE OF ${columns.join(', ')}`, touch),
    renderTrigger(tenant, 'DELETE', remember),
  ].join('\n')
}

function renderTrigger({ table }: Entity, event: string, touch: string): string {
  const [name] = event.toLowerCase().split(' ')
  return `CREATE TRIGGER ${table}_${name} AFTER ${event} ON ${sqlName(table)} BEGIN
  ${bumpLatest}
  ${touch}
END;`
}

function renderTouch(entities: readonly Entity[], entity: Entity, rows: readonly RowVersion[]): string {
  const named = rows.map((row) => `${row}.name`).join(', ')
  const ofTenant = findTenantReference(entities, entity)
  if (ofTenant !== undefined) return `UPDATE tenant SET revision = ${latest} WHERE ${ofTenant} IN (${named});`
  if (entity.scope === 'global') return `UPDATE revision SET value = ${latest} WHERE name = 'global';`
  const tenants = rows.map((row) => renderTenantId(entities, entity, row))
  return `UPDATE tenant SET revision = ${latest} WHERE id IN (${tenants.join(', ')});`
}

/** The column of tenants that names rows of the entity: whoever does is concerned by its changes. */
function findTenantReference(entities: readonly Entity[], { table }: Entity): string | undefined {
  const tenant = entities.find((entity) => entity.table === 'tenant')
  return tenant?.fieldList.find(({ refersTo }) => refersTo === table)?.column
}

/** Climbs from owner to owner. Where a cascade has taken an owner already, its own trigger has moved the revision. */
function renderTenantId(entities: readonly Entity[], entity: Entity, row: string): string {
  const id = `${row}.${entity.ownerColumn}`
  if (entity.scope === 'tenant') return id
  const owner = entities.find(({ table }) => table === entity.scope)
  if (owner === undefined) throw new Error(`${entity.table} belongs to ${entity.scope}, which is no table`)
  return `(SELECT ${renderTenantId(entities, owner, sqlName(owner.table))} FROM ${sqlName(owner.table)} WHERE id = ${id})`
}
