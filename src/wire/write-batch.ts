/** Room for a head, one read's worth of body and its chunk framing. */
const scratchBytes = 192 * 1024

/**
 * Gathers the pieces of one message that belong into one `write`. One batch serves a whole thread and direction: an owner
 * claims it, fills it and takes it within one event. Bytes of one owner can never leave with those of another: a claim
 * over unsent bytes is a defect and throws, and an owner that ends early discards its own.
 */
export class WriteBatch {
  readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes)
  #owner: object | undefined = undefined
  #length = 0

  /** Before every addition. */
  claim(owner: object): this {
    if (this.#owner === owner) return this
    if (this.#length > 0) throw new Error('unsent bytes of another connection in the write batch')
    this.#owner = owner
    return this
  }

  /** Whether `bytes` more fit beside what is there. */
  hasRoom(bytes: number): boolean {
    return this.#length + bytes <= scratchBytes
  }

  isEmptyFor(owner: object): boolean {
    return this.#length === 0 || this.#owner !== owner
  }

  /** Every char code below 256. */
  addText(text: string): void {
    this.#length += this.#scratch.write(text, this.#length, 'latin1')
  }

  addBytes(buffer: Buffer, start: number, end: number): void {
    this.#length += buffer.copy(this.#scratch, this.#length, start, end)
  }

  /** The gathered bytes as a buffer of their own; the batch is empty afterwards. */
  take(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#length)
    this.#scratch.copy(bytes, 0, 0, this.#length)
    this.#length = 0
    return bytes
  }

  /** The owner ends before it has sent what it gathered. */
  discard(owner: object): void {
    if (this.#owner === owner) this.#length = 0
  }
}

/** Room that a chunk's framing takes at most. */
export const chunkFramingBytes = 32

/** RFC 9112 section 7.1: the end of a chunked body without trailer fields. */
export const lastChunk = '0\r\n\r\n'
