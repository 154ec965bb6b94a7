import type { TenantRuntime } from './tenant-runtime.ts'

/** The tenants in force on one data thread, by id and by host name. */
export class TenantTable {
  readonly #byId = new Map<number, TenantRuntime>()
  readonly #byHost = new Map<string, TenantRuntime>()
  /** Wildcards by their suffix: `*.acme.test` as `.acme.test`. */
  readonly #bySuffix = new Map<string, TenantRuntime>()

  /** RFC 6125 style: the exact name, then the longest wildcard; a `*` stands for one label or more. */
  find(host: string): TenantRuntime | undefined {
    const exact = this.#byHost.get(host)
    if (exact !== undefined || this.#bySuffix.size === 0) return exact
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const runtime = this.#bySuffix.get(host.slice(dot))
      if (runtime !== undefined) return runtime
    }
    return undefined
  }

  /** Swaps one tenant in; returns the runtime that it replaces. */
  put(runtime: TenantRuntime): TenantRuntime | undefined {
    const previous = this.remove(runtime.snapshot.id)
    this.#byId.set(runtime.snapshot.id, runtime)
    for (const host of runtime.snapshot.hosts) this.#hostsOf(host).set(keyOf(host), runtime)
    return previous
  }

  remove(tenantId: number): TenantRuntime | undefined {
    const runtime = this.#byId.get(tenantId)
    if (runtime === undefined) return undefined
    this.#byId.delete(tenantId)
    for (const host of runtime.snapshot.hosts) {
      const hosts = this.#hostsOf(host)
      // Within one change a name may have moved to a tenant that was put before this one goes.
      if (hosts.get(keyOf(host)) === runtime) hosts.delete(keyOf(host))
    }
    return runtime
  }

  #hostsOf(host: string): Map<string, TenantRuntime> {
    return host.startsWith('*.') ? this.#bySuffix : this.#byHost
  }
}

function keyOf(host: string): string {
  return host.startsWith('*.') ? host.slice(1) : host
}
