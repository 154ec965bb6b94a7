import { renderAuthority } from '../kit/field/endpoint-url.ts'
import { Http1Connection } from './http1-connection.ts'
import type { AnswerSink, EndpointStream, UpstreamThread } from './transport.ts'

/** Where an endpoint is reached. */
export interface EndpointAddress {
  readonly url: string
  readonly isTls: boolean
  /** Name or address: whom its certificate is for. */
  readonly host: string
  /** What is connected to. */
  readonly address: string
  readonly port: number
}

/**
 * One address of one tenant's pool, seen from one data thread, with its idle connections. It belongs to that tenant
 * alone: connections are never shared between tenants.
 */
export class Endpoint {
  readonly address: EndpointAddress
  readonly connectTimeoutMs: number
  readonly thread: UpstreamThread
  /** Value of the Host field of requests that come without one (HTTP/1.0). */
  readonly authority: string
  readonly #idle: Http1Connection[] = []
  #isClosed = false

  constructor(address: EndpointAddress, connectTimeoutMs: number, thread: UpstreamThread) {
    this.address = address
    this.connectTimeoutMs = connectTimeoutMs
    this.thread = thread
    this.authority = renderAuthority(address)
  }

  /** The connection that was idle last, or a new one that is still connecting. */
  open(sink: AnswerSink): EndpointStream {
    const connection = this.#takeIdle() ?? this.#connect()
    connection.begin(sink)
    return connection
  }

  /** A fresh connection, for a request that a stale one has failed. */
  openFresh(sink: AnswerSink): EndpointStream {
    const connection = this.#connect()
    connection.begin(sink)
    return connection
  }

  /** Takes a connection back; false when it cannot be kept. */
  keep(connection: Http1Connection): boolean {
    if (this.#isClosed || this.#idle.length >= this.thread.endpointIdleConnections) return false
    this.#idle.push(connection)
    this.thread.room.rest(connection)
    return true
  }

  /** A connection is closed, whatever it was doing. */
  forget(connection: Http1Connection): void {
    this.thread.room.leave()
    const at = this.#idle.indexOf(connection)
    if (at === -1) return
    this.#idle.splice(at, 1)
    this.thread.room.wake(connection)
  }

  /** Those that lie idle do so for that much longer, or shorter; those that are too many now, the oldest, close. */
  boundIdle(laterMs: number): void {
    for (const connection of this.#idle) connection.deadlineUs += laterMs * 1_000
    const excess = Math.max(0, this.#idle.length - this.thread.endpointIdleConnections)
    for (const connection of this.#idle.slice(0, excess)) connection.destroy()
  }

  /** No configuration names it any more: idle connections close now, busy ones after their request. */
  close(): void {
    this.#isClosed = true
    for (const connection of this.#idle.slice()) connection.destroy()
  }

  #takeIdle(): Http1Connection | undefined {
    const connection = this.#idle.pop()
    if (connection !== undefined) this.thread.room.wake(connection)
    return connection
  }

  #connect(): Http1Connection {
    this.thread.room.enter()
    return new Http1Connection(this)
  }
}
