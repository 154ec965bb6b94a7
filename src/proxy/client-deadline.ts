import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { ClientSocket } from './client-socket.ts'
import type { Exchange } from './exchange.ts'
import type { RequestReader } from './request-reader.ts'
import type { ThreadState } from './thread-state.ts'

/** What a client owes next, and by when: a head, the rest of one, a body at its rate, or nothing while it is owed an answer. */
export class ClientDeadline {
  readonly #thread: ThreadState
  readonly #socket: ClientSocket
  readonly #reader: RequestReader
  #isAwaitingHead = false
  /** The next request is waited for, not the rest of its head or the first one. */
  #isIdle = false

  /** It owes its first head from now on. */
  constructor(thread: ThreadState, socket: ClientSocket, reader: RequestReader) {
    this.#thread = thread
    this.#socket = socket
    this.#reader = reader
    socket.expireIn(thread.global.headerTimeoutMs)
  }

  /** A head is there, or will not be waited for any longer. */
  endHead(): void {
    this.#isAwaitingHead = false
  }

  /** Nothing is under way, and nothing of another request is there. */
  lieIdle(): void {
    this.#isIdle = true
    this.#socket.expireIn(this.#thread.global.idleTimeoutMs)
  }

  /** While an exchange is under way, its client owes nothing but the rest of its body; so many bytes have come. */
  awaitRest(exchange: Exchange, bytes: number): void {
    const isAwaited = !this.#reader.isBodyDone && exchange.wantsBody && !this.#socket.isPaused
    if (isAwaited && this.#thread.global.minBodyRate > 0) this.#socket.awaitBody(bytes)
    else this.#socket.deadlineUs = 0
  }

  /** The header timeout runs from a head's first byte; more bytes do not prolong it. */
  awaitHead(bytes: number): void {
    if (!this.#reader.isBodyDone) return this.#socket.awaitBody(bytes)
    if (!this.#reader.hasWaiting || this.#isAwaitingHead) return
    this.#isAwaitingHead = true
    this.#isIdle = false
    this.#socket.expireIn(this.#thread.global.headerTimeoutMs)
  }

  /** Times that have changed hold at once, also for who waits already. */
  onSettings(before: GlobalSnapshot, exchange: Exchange | undefined): void {
    const now = this.#thread.global
    if (exchange !== undefined) return this.awaitRest(exchange, 0)
    if (!this.#reader.isBodyDone) return
    const laterMs = this.#isIdle
      ? now.idleTimeoutMs - before.idleTimeoutMs
      : now.headerTimeoutMs - before.headerTimeoutMs
    this.#socket.deadlineUs += laterMs * 1_000
  }
}
