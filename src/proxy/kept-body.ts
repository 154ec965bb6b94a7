import type { RequestHead } from '../wire/http1/request-head.ts'

/** A longer body is not kept: its request cannot be sent again. */
const mostBytes = 64 * 1024

/** What all bodies that one data thread keeps may take at once. */
const mostBytesOfThread = 32 * 1024 * 1024

const leastBytes = 4 * 1024

/** Bytes that are kept in a data thread. */
export interface KeptBytes {
  count: number
}

/** What has come of a request's body, should it have to be sent again. */
export class KeptBody {
  length = 0
  readonly #thread: KeptBytes
  #bytes: Buffer = nothing
  #isComplete = true

  constructor(thread: KeptBytes) {
    this.#thread = thread
  }

  /** Nothing is missing of what has come. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** Keeps a copy. */
  add(buffer: Buffer, start: number, end: number): void {
    if (!this.#isComplete) return
    const length = this.length + end - start
    if (length > this.#bytes.length && !this.#grow(length)) return this.drop()
    this.length += buffer.copy(this.#bytes, this.length, start, end)
  }

  /** Those so far; whoever holds them may do so for as long as it likes. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  /** Nobody will ask for it. */
  drop(): void {
    this.#thread.count -= this.#bytes.length
    this.#bytes = nothing
    this.length = 0
    this.#isComplete = false
  }

  /** Doubles; what was handed out stays as it is. */
  #grow(length: number): boolean {
    if (length > mostBytes) return false
    const size = Math.min(mostBytes, Math.max(length, leastBytes, 2 * this.#bytes.length))
    const { count } = this.#thread
    if (count + size - this.#bytes.length > mostBytesOfThread) return false
    this.#thread.count += size - this.#bytes.length
    const grown = Buffer.allocUnsafeSlow(size)
    this.#bytes.copy(grown, 0, 0, this.length)
    this.#bytes = grown
    return true
  }
}

export function hasBody({ isChunked, contentLength }: RequestHead): boolean {
  return isChunked || contentLength > 0
}

/** Whether it is worth while to begin. */
export function isKeepable({ contentLength }: RequestHead): boolean {
  return contentLength <= mostBytes
}

const nothing = Buffer.alloc(0)
