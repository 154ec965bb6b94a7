import type net from 'node:net'
import type { Expiring } from '../kit/sweeper.ts'
import { addToThreadCell, threadCell } from '../slab/thread-cells.ts'
import { resetSocket } from '../upstream/reset-socket.ts'
import type { ThreadState } from './thread-state.ts'

/** What the owner of a client's socket is told. */
export interface ClientSocketEvents {
  onBytes(bytes: Buffer): void
  /** The client has closed its side. */
  onEnd(): void
  /** The client takes more again. */
  onDrain(): void
  onDeadline(): void
  onClose(): void
}

/**
 * How long a client may let a write wait, or the next part of a body. The kernel takes the next write when a third of its
 * buffer, megabytes on a fast path, is free again: a minute is what nginx grants as well.
 */
export const stallMs = 60_000

/** How long it may then take to close its own side. */
const lingerMs = 2_000

/** A client's TCP connection: counted while it is open, with one deadline, and with an orderly end. */
export class ClientSocket implements Expiring {
  deadlineUs = 0
  readonly #socket: net.Socket
  readonly #thread: ThreadState
  #events: ClientSocketEvents
  #isPaused = false
  #isFinishing = false

  constructor(thread: ThreadState, socket: net.Socket, events: ClientSocketEvents) {
    this.#thread = thread
    this.#socket = socket
    this.#events = events
    thread.sweeper.add(this)
    addToThreadCell(thread.slab, thread.thread, threadCell.connections, 1)
    socket.on('data', (bytes: Buffer) => this.#onBytes(bytes))
    socket.on('end', () => this.#onEnd())
    socket.on('drain', () => this.#events.onDrain())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#onClose())
  }

  get hasUnsent(): boolean {
    return this.#socket.writableLength > 0
  }

  /** So much is unsent that nothing more should be written; `onDrain` follows. */
  get isClogged(): boolean {
    return this.#socket.writableNeedDrain
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** The kernel keeps what the client sends, and in the end stops it, until `resume`. */
  pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
  }

  /** Everything from here on is told to somebody else, and the time is theirs to watch. */
  handOver(events: ClientSocketEvents): void {
    this.#events = events
    this.deadlineUs = 0
    this.resume()
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Our side closes once everything is out; the client's may go on. */
  end(): void {
    this.#socket.end()
  }

  expireIn(ms: number): void {
    this.deadlineUs = this.#thread.clock.monotonicUs() + ms * 1_000
  }

  /** RFC 9112 section 9.6: our side closes now, the client's bytes are thrown away until it has closed its own. */
  finish(): void {
    this.#isFinishing = true
    this.expireIn(stallMs)
    this.#socket.end(() => this.expireIn(lingerMs))
    this.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  reset(): void {
    resetSocket(this.#socket)
  }

  onDeadline(): void {
    if (this.#isFinishing) return this.destroy()
    this.#events.onDeadline()
  }

  #onBytes(bytes: Buffer): void {
    if (!this.#isFinishing) this.#events.onBytes(bytes)
  }

  #onEnd(): void {
    if (!this.#isFinishing) this.#events.onEnd()
  }

  #onClose(): void {
    this.#thread.sweeper.delete(this)
    addToThreadCell(this.#thread.slab, this.#thread.thread, threadCell.connections, -1)
    this.#events.onClose()
  }
}
