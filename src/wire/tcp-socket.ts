import { getSystemErrorName } from 'node:util'
import { findSocketInode } from '../kit/send-queues.ts'
import type { ByteSocket, SocketEvents } from './byte-socket.ts'
import { mostUntakenBytes } from './socket-writer.ts'
import {
  adoptHandle,
  closeHandle,
  endOfFile,
  resetHandle,
  shutDownHandle,
  takenBytesOf,
  wasWriteAsync,
  writeHandle,
  writeHandleText,
} from './tcp-handle.ts'
import type { StreamOwner, TcpHandle } from './tcp-handle.ts'

/**
 * A TCP connection without `net.Socket` and its two streams, whose bookkeeping costs more than the rest of a request (see
 * docs/performance.md). It reads into a buffer of its thread's, writes at once as far as the kernel takes it, and holds
 * the rest in order. Either side may close before the other (RFC 9293 section 3.6); it is closed when both have.
 */
export class TcpSocket implements ByteSocket, StreamOwner {
  readonly #readBuffer: Buffer
  readonly #events: SocketEvents
  /** Undefined before it is attached and once it is closed. */
  #handle: TcpHandle | undefined = undefined
  /** What the kernel has not taken; of it, what waits for the write under way. */
  #unsentBytes = 0
  readonly #waiting: Buffer[] = []
  #mustDrain = false
  #isPaused = false
  #hasPeerEnded = false
  #isEnding = false
  #isShuttingDown = false
  #isEndSent = false
  #onEndSent: (() => void) | undefined = undefined
  #why = ''
  #isCloseTold = false

  constructor(readBuffer: Buffer, events: SocketEvents) {
    this.#readBuffer = readBuffer
    this.#events = events
  }

  /** Takes the connection over and begins to read. */
  attach(handle: TcpHandle): this {
    this.#handle = handle
    adoptHandle(handle, this, this.#readBuffer)
    if (!this.#isPaused) this.#startReading(handle)
    return this
  }

  get writableLength(): number {
    return this.#unsentBytes
  }

  get writableNeedDrain(): boolean {
    return this.#mustDrain
  }

  get takenBytes(): number {
    return takenBytesOf(this.#handle)
  }

  get receivedBytes(): number {
    return this.#handle?.bytesRead ?? 0
  }

  get inode(): string | undefined {
    return this.#handle === undefined ? undefined : findSocketInode(this.#handle.fd)
  }

  write(bytes: Buffer): void {
    const handle = this.#handle
    if (handle === undefined || this.#isEnding) return
    if (this.#unsentBytes > 0) return this.#wait(bytes)
    this.#judgeWrite(writeHandle(handle, bytes), bytes.length)
  }

  writeText(text: string): void {
    const handle = this.#handle
    if (handle === undefined || this.#isEnding) return
    if (this.#unsentBytes > 0) return this.#wait(Buffer.from(text, 'latin1'))
    this.#judgeWrite(writeHandleText(handle, text), text.length)
  }

  pause(): void {
    this.#isPaused = true
    this.#handle?.readStop()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#handle !== undefined && !this.#hasPeerEnded) this.#startReading(this.#handle)
  }

  end(onSent?: () => void): void {
    if (this.#handle === undefined) return
    if (this.#isEndSent) return onSent?.()
    this.#onEndSent = onSent ?? this.#onEndSent
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.#unsentBytes === 0) this.#shutDown(this.#handle)
  }

  destroy(): void {
    this.#close('')
  }

  reset(): void {
    // An end that is on its way cannot be taken back.
    if (this.#isShuttingDown) return this.destroy()
    const handle = this.#letGo('')
    if (handle !== undefined) resetHandle(handle)
  }

  onRead(length: number): void {
    if (this.#handle === undefined || length === 0) return
    if (length > 0) return this.#events.onBytes(this.#readBuffer, length)
    if (length !== endOfFile) return this.#break(length)
    this.#hasPeerEnded = true
    this.#events.onEnd()
    if (this.#isEndSent) this.destroy()
  }

  /** What came meanwhile leaves in the next write. */
  onWritten(status: number): void {
    const handle = this.#handle
    if (handle === undefined) return
    if (status < 0) return this.#break(status)
    this.#unsentBytes = 0
    const waiting = this.#waiting.splice(0)
    if (waiting.length > 0) {
      const bytes = waiting.length === 1 ? waiting[0] : Buffer.concat(waiting)
      this.#judgeWrite(writeHandle(handle, bytes), bytes.length)
    }
    if (this.#unsentBytes === 0 && this.#handle !== undefined) this.#allWritten(handle)
  }

  /** Also when the peer was gone already: then reading tells. */
  onShutDown(): void {
    if (this.#handle === undefined) return
    this.#isShuttingDown = false
    this.#isEndSent = true
    this.#onEndSent?.()
    if (this.#hasPeerEnded) this.destroy()
  }

  onClosed(): void {
    if (this.#isCloseTold) return
    this.#isCloseTold = true
    this.#events.onClose(this.#why)
  }

  #startReading(handle: TcpHandle): void {
    const error = handle.readStart()
    if (error < 0) this.#close(getSystemErrorName(error))
  }

  #wait(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#addUnsent(bytes.length)
  }

  /** A caller may be in the middle of anything: of an error it is told once the connection is closed. */
  #judgeWrite(error: number, bytes: number): void {
    if (error !== 0) this.#close(getSystemErrorName(error))
    else if (wasWriteAsync()) this.#addUnsent(bytes)
  }

  #addUnsent(bytes: number): void {
    this.#unsentBytes += bytes
    if (this.#unsentBytes >= mostUntakenBytes) this.#mustDrain = true
  }

  #allWritten(handle: TcpHandle): void {
    if (this.#isEnding) return this.#shutDown(handle)
    if (!this.#mustDrain) return
    this.#mustDrain = false
    this.#events.onDrain()
  }

  #shutDown(handle: TcpHandle): void {
    this.#isShuttingDown = shutDownHandle(handle)
    if (!this.#isShuttingDown) this.onShutDown()
  }

  /** The connection broke, as a call from the handle says: its owner is told at once. */
  #break(error: number): void {
    this.#close(getSystemErrorName(error))
    this.onClosed()
  }

  #close(why: string): void {
    const handle = this.#letGo(why)
    if (handle !== undefined) closeHandle(handle)
  }

  #letGo(why: string): TcpHandle | undefined {
    const handle = this.#handle
    if (handle === undefined) return undefined
    this.#handle = undefined
    this.#unsentBytes = 0
    this.#waiting.length = 0
    this.#why = why
    return handle
  }
}
