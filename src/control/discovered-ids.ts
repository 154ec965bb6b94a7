import { hashText } from '../kit/hash-text.ts'

/** Rows never get there: their ids count up from 1, and an id has 32 bits in a record. */
const firstId = 2 ** 31

/**
 * Numbers of endpoints that have no row: always the same for the same endpoint of a pool, over restarts too, unless two fall together,
 * of which the later one gets the next that is free.
 */
export class DiscoveredIds {
  readonly #ofTenant = new Map<number, Map<string, number>>()
  readonly #taken = new Set<number>()

  take(tenantId: number, poolId: number, url: string): number {
    const ids = this.#ofTenant.get(tenantId) ?? new Map<string, number>()
    this.#ofTenant.set(tenantId, ids)
    const key = `${poolId} ${url}`
    const known = ids.get(key)
    if (known !== undefined) return known
    let id = firstId + (hashText(key) >>> 1)
    while (this.#taken.has(id)) id = id === 2 ** 32 - 1 ? firstId : id + 1
    ids.set(key, id)
    this.#taken.add(id)
    return id
  }

  /** The tenant has these endpoints and no others. */
  keep(tenantId: number, kept: ReadonlySet<number>): void {
    const ids = this.#ofTenant.get(tenantId)
    if (ids === undefined) return
    for (const [key, id] of ids) {
      if (kept.has(id)) continue
      ids.delete(key)
      this.#taken.delete(id)
    }
    if (ids.size === 0) this.#ofTenant.delete(tenantId)
  }
}
