import type { BlockPool } from './block-pool.ts'
import { chunkFramingBytes } from './write-batch.ts'
import type { WriteBatch } from './write-batch.ts'
import type { WriteTurn } from './write-turn.ts'

/** Body parts from here on are written on their own, at once, instead of being gathered and put off. */
const largePartBytes = 16 * 1024

/**
 * The high-water mark of sockets: a single large part that the kernel does not take is enough to wait for. With Node's
 * 64 KiB, four would gather, each in a block of its own (119 → 68 KiB for each client that reads nothing).
 */
export const mostUntakenBytes = largePartBytes

/** Of one socket; a client that pipelines gets many answers in one write. */
const mostWaitingBytes = 16 * 1024

/** What a writer needs of a `net.Socket`. */
export interface OutputSocket {
  readonly writableLength: number
  readonly writableNeedDrain: boolean
  write(bytes: Buffer): boolean
}

/** What all writers of one data thread and direction share. */
export interface WriteThread {
  readonly batch: WriteBatch
  readonly turn: WriteTurn
  readonly blocks: BlockPool
}

/**
 * A socket's output: pieces of a message are gathered, `send` ends the message, and what was sent leaves at the end of the
 * event loop's turn (see `WriteTurn`). Bytes that are added are copied: the caller may use its buffer again.
 */
export class SocketWriter {
  /** All that ever left the batch or was too large for it. */
  sentBytes = 0
  readonly #socket: OutputSocket
  readonly #batch: WriteBatch
  readonly #turn: WriteTurn
  readonly #blocks: BlockPool
  /** Sent, and waiting for the end of the turn. */
  #waiting: Buffer | undefined = undefined

  constructor(socket: OutputSocket, thread: WriteThread) {
    this.#socket = socket
    this.#batch = thread.batch
    this.#turn = thread.turn
    this.#blocks = thread.blocks
  }

  /** So much has not been taken that nothing more should be added; the socket's `drain` follows. */
  get isClogged(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** The kernel has not taken everything that it was given. */
  get isBehind(): boolean {
    return this.#socket.writableLength > 0
  }

  get hasUnsent(): boolean {
    return this.#waiting !== undefined || this.isBehind
  }

  /** Every char code below 256. */
  addText(text: string): void {
    this.#makeRoom(text.length)
    this.#batch.addText(text)
  }

  addBytes(buffer: Buffer, start: number, end: number): void {
    if (end - start >= largePartBytes) return this.#writeLarge(buffer, start, end)
    this.#makeRoom(end - start)
    this.#batch.addBytes(buffer, start, end)
  }

  /** RFC 9112 section 7.1: one chunk around the bytes. */
  addChunk(buffer: Buffer, start: number, end: number): void {
    this.#makeRoom(chunkFramingBytes)
    this.#batch.addText((end - start).toString(16) + '\r\n')
    this.addBytes(buffer, start, end)
    this.#makeRoom(chunkFramingBytes)
    this.#batch.addText('\r\n')
  }

  /** What was gathered leaves at the end of the turn. */
  send(): void {
    if (this.#batch.isEmptyFor(this)) return
    const bytes = this.#batch.take()
    this.sentBytes += bytes.length
    if (bytes.length > mostWaitingBytes) return this.#writeLong(bytes)
    if (this.#waiting !== undefined && this.#waiting.length + bytes.length > mostWaitingBytes) this.flush()
    if (this.#waiting !== undefined) {
      this.#waiting = Buffer.concat([this.#waiting, bytes])
      return
    }
    this.#waiting = bytes
    this.#turn.add(this)
  }

  /** What was sent leaves now. */
  flush(): void {
    const bytes = this.#waiting
    if (bytes === undefined) return
    this.#waiting = undefined
    this.#socket.write(bytes)
  }

  /** What was gathered is forgotten; what was sent is not. */
  discard(): void {
    this.#batch.discard(this)
  }

  /** Nothing leaves any more, neither what was gathered nor what was sent in this turn. */
  abandon(): void {
    this.discard()
    this.#waiting = undefined
  }

  #writeLarge(buffer: Buffer, start: number, end: number): void {
    this.send()
    this.flush()
    const block = this.#blocks.take(end - start)
    buffer.copy(block, 0, start, end)
    this.sentBytes += end - start
    this.#socket.write(block.length === end - start ? block : block.subarray(0, end - start))
    if (!this.isBehind) this.#blocks.giveBack(block)
  }

  /** At once, so that it is known whether the peer takes it before more is read. */
  #writeLong(bytes: Buffer): void {
    this.flush()
    this.#socket.write(bytes)
  }

  #makeRoom(bytes: number): void {
    if (!this.#batch.claim(this).hasRoom(bytes)) this.send()
  }
}
