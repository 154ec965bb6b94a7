/** Which of somebody's entries belong to which tenant, so that those go that a tenant has no more. */
export class TenantKeys {
  readonly #ofTenant = new Map<number, ReadonlySet<number>>()

  /** The tenant has these from now on; returns those that it had and has no more. */
  replace(tenantId: number, keys: ReadonlySet<number>): readonly number[] {
    const before = this.#ofTenant.get(tenantId) ?? new Set()
    if (keys.size === 0) this.#ofTenant.delete(tenantId)
    else this.#ofTenant.set(tenantId, keys)
    return [...before].filter((key) => !keys.has(key))
  }

  /** The tenant is gone; returns all that it had. */
  remove(tenantId: number): readonly number[] {
    return this.replace(tenantId, new Set())
  }
}
