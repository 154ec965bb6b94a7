import type { Summary } from './summary.ts'

/** Names of a tenant and of what belongs to it, with their slots; from the main thread, before any record uses them. */
export interface OwnersMessage {
  readonly kind: 'owners'
  readonly tenant: PlacedOwner
  readonly routes: readonly PlacedOwner[]
  /** Named by their URL. */
  readonly endpoints: readonly PlacedOwner[]
  readonly keys: readonly PlacedOwner[]
}

export interface PlacedOwner {
  readonly id: number
  readonly name: string
  readonly slot: number
}

/** Names as a chunk carries them, by id: it stays readable after renames and removals. */
export interface ChunkNames {
  /** Null for traffic that belongs to no tenant. */
  readonly tenant: string | null
  readonly route: Readonly<Record<string, string>>
  readonly key: Readonly<Record<string, string>>
  readonly endpoint: Readonly<Record<string, string>>
}

/** The names that the recorder knows. Those of removed things stay: records may still be on their way. */
export class NameBook {
  readonly #tenants = new Map<number, string>()
  readonly #routes = new Map<number, string>()
  readonly #keys = new Map<number, string>()
  readonly #endpoints = new Map<number, string>()

  learn({ tenant, routes, keys, endpoints }: OwnersMessage): void {
    this.#tenants.set(tenant.id, tenant.name)
    for (const { id, name } of routes) this.#routes.set(id, name)
    for (const { id, name } of keys) this.#keys.set(id, name)
    for (const { id, name } of endpoints) this.#endpoints.set(id, name)
  }

  /** The names that the records of a chunk use. */
  pick(tenantId: number, summary: Summary): ChunkNames {
    return {
      tenant: tenantId === 0 ? null : (this.#tenants.get(tenantId) ?? `#${tenantId}`),
      route: pickNames(this.#routes, summary.routeIds),
      key: pickNames(this.#keys, summary.keyIds),
      endpoint: pickNames(this.#endpoints, summary.endpointIds),
    }
  }
}

/** Both dictionaries as one, or undefined when they call something by different names. */
export function mergeNames(a: ChunkNames, b: ChunkNames): ChunkNames | undefined {
  if (a.tenant !== b.tenant) return undefined
  const isCompatible = (['route', 'key', 'endpoint'] as const).every((kind) =>
    Object.entries(b[kind]).every(([id, name]) => (a[kind][id] ?? name) === name),
  )
  if (!isCompatible) return undefined
  return {
    tenant: a.tenant,
    route: { ...a.route, ...b.route },
    key: { ...a.key, ...b.key },
    endpoint: { ...a.endpoint, ...b.endpoint },
  }
}

function pickNames(names: ReadonlyMap<number, string>, ids: ReadonlySet<number>): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const id of ids) if (id !== 0) picked[id] = names.get(id) ?? `#${id}`
  return picked
}
