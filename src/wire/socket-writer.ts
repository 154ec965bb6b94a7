import type { BlockPool } from './block-pool.ts'
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

/** What a writer needs of a socket; named as those of Node's streams. */
export interface OutputSocket {
  /** Bytes that the kernel has not taken. */
  readonly writableLength: number
  /** So much that nothing more should be written until it has taken everything. */
  readonly writableNeedDrain: boolean
  /** The bytes must stay as they are for as long as `writableLength` is above 0. */
  write(bytes: Buffer): void
  /** Every char code below 256, a byte each. */
  writeText(text: string): void
}

/** What all writers of one data thread and direction share. */
export interface WriteThread {
  readonly turn: WriteTurn
  readonly blocks: BlockPool
}

/**
 * A socket's output: pieces of a message are gathered, `send` ends the message, and what was sent leaves at the end of the
 * event loop's turn (see `WriteTurn`). Bytes that are added are copied: the caller may use its buffer again.
 *
 * What is small is text, a character for each byte: V8 puts it together, and Node hands it to the kernel from its stack. A
 * buffer for each message would have to be made, filled and collected.
 */
export class SocketWriter {
  /** All that was ever sent. */
  sentBytes = 0
  readonly #socket: OutputSocket
  readonly #turn: WriteTurn
  readonly #blocks: BlockPool
  #gathered = ''
  /** Sent, and waiting for the end of the turn. */
  #waiting = ''

  constructor(socket: OutputSocket, thread: WriteThread) {
    this.#socket = socket
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
    return this.#waiting !== '' || this.isBehind
  }

  /** Every char code below 256. */
  addText(text: string): void {
    this.#gathered += text
  }

  addBytes(buffer: Buffer, start: number, end: number): void {
    if (end - start >= largePartBytes) this.#writeLarge(buffer, start, end)
    else this.#gathered += buffer.latin1Slice(start, end)
  }

  /** RFC 9112 section 7.1: one chunk around the bytes. */
  addChunk(buffer: Buffer, start: number, end: number): void {
    this.#gathered += (end - start).toString(16) + '\r\n'
    this.addBytes(buffer, start, end)
    this.#gathered += '\r\n'
  }

  /** What was gathered leaves at the end of the turn. */
  send(): void {
    const text = this.#gathered
    if (text === '') return
    this.#gathered = ''
    this.sentBytes += text.length
    if (this.#waiting.length + text.length > mostWaitingBytes) this.flush()
    // At once, so that it is known whether the peer takes it before more is read.
    if (text.length > mostWaitingBytes) return this.#socket.writeText(text)
    const isFirst = this.#waiting === ''
    this.#waiting += text
    if (isFirst) this.#turn.add(this)
  }

  /** What was sent leaves now. */
  flush(): void {
    const text = this.#waiting
    if (text === '') return
    this.#waiting = ''
    this.#socket.writeText(text)
  }

  /** What was gathered is forgotten; what was sent is not. */
  discard(): void {
    this.#gathered = ''
  }

  /** Nothing leaves any more, neither what was gathered nor what was sent in this turn. */
  abandon(): void {
    this.#gathered = this.#waiting = ''
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
}

/** RFC 9112 section 7.1: the end of a chunked body without trailer fields. */
export const lastChunk = '0\r\n\r\n'
