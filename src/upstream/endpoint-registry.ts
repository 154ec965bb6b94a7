import { Endpoint } from './endpoint.ts'
import type { EndpointAddress } from './endpoint.ts'
import type { UpstreamThread } from './transport.ts'

/** Everything that defines an endpoint's connections: when one of these changes, new connections are needed. */
export interface EndpointIdentity extends EndpointAddress {
  /** Never reused. */
  readonly id: number
}

interface Entry {
  readonly endpoint: Endpoint
  users: number
}

/** Whose connections these are, and how they are made. */
export interface EndpointUse {
  readonly tenantId: number
  readonly connectTimeoutMs: number
}

/** Endpoints by identity and tenant, since tenants never share a connection, counted by users, so that connections outlive a change of configuration that leaves them be. */
export class EndpointRegistry {
  readonly #entries = new Map<string, Entry>()
  readonly #thread: UpstreamThread

  constructor(thread: UpstreamThread) {
    this.#thread = thread
  }

  acquire(identity: EndpointIdentity, use: EndpointUse): Endpoint {
    const key = keyOf(identity, use)
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = { endpoint: new Endpoint(identity, use.connectTimeoutMs, this.#thread), users: 0 }
      this.#entries.set(key, entry)
    }
    entry.users += 1
    return entry.endpoint
  }

  /** Gives one use back; the last one closes the endpoint. */
  release(identity: EndpointIdentity, use: EndpointUse): void {
    const key = keyOf(identity, use)
    const entry = this.#entries.get(key)
    if (!entry) return
    entry.users -= 1
    if (entry.users > 0) return
    this.#entries.delete(key)
    entry.endpoint.close()
  }

  /** The bounds on idle connections have changed, that on their time by so much. */
  boundIdle(laterMs: number): void {
    for (const { endpoint } of this.#entries.values()) endpoint.boundIdle(laterMs)
  }

  get size(): number {
    return this.#entries.size
  }
}

function keyOf({ id, url, host }: EndpointIdentity, { tenantId, connectTimeoutMs }: EndpointUse): string {
  return `${tenantId} ${id} ${url} ${host} ${connectTimeoutMs}`
}
