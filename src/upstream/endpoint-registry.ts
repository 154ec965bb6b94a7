import { Endpoint } from './endpoint.ts'
import type { EndpointAddress } from './endpoint.ts'
import type { UpstreamThread } from './transport.ts'

/** Everything that defines an endpoint's connections: when one of these changes, new connections are needed. */
export interface EndpointIdentity extends EndpointAddress {
  /** Never reused, and of one tenant only. */
  readonly id: number
}

interface Entry {
  readonly endpoint: Endpoint
  users: number
}

/** Endpoints by identity, counted by users, so that connections outlive a change of configuration that leaves them be. */
export class EndpointRegistry {
  readonly #entries = new Map<string, Entry>()
  readonly #thread: UpstreamThread

  constructor(thread: UpstreamThread) {
    this.#thread = thread
  }

  acquire(identity: EndpointIdentity, connectTimeoutMs: number): Endpoint {
    const key = keyOf(identity, connectTimeoutMs)
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = { endpoint: new Endpoint(identity, connectTimeoutMs, this.#thread), users: 0 }
      this.#entries.set(key, entry)
    }
    entry.users += 1
    return entry.endpoint
  }

  /** Gives one use back; the last one closes the endpoint. */
  release(identity: EndpointIdentity, connectTimeoutMs: number): void {
    const key = keyOf(identity, connectTimeoutMs)
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

function keyOf(identity: EndpointIdentity, connectTimeoutMs: number): string {
  return `${identity.id} ${identity.url} ${connectTimeoutMs}`
}
