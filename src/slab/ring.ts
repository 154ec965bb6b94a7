import { ringPositionWords } from './layout.ts'
import type { Slab } from './slab.ts'
import { addToThreadCell, threadCell } from './thread-cells.ts'

/**
 * A byte ring with one producer (a data thread) and one consumer (the recorder). It holds frames: a multiple of 8
 * bytes, contiguous, beginning with their length as u32. A frame that would cross the end is preceded by a wrap
 * marker and begins at 0. Positions only grow (modulo 2^32) and live in the slab, so a replaced thread goes on where
 * the other stopped: what was not published is overwritten, what was not released is read again.
 */
const writeWord = 0
const readWord = 32
const wrapMarker = 0xffff_ffff

/** The producer's side. */
export class RingWriter {
  /** The ring's memory; a frame that `reserve` placed is written through these. */
  readonly buffer: Buffer
  readonly view: DataView
  readonly #slab: Slab
  readonly #thread: number
  readonly #positions: Int32Array
  readonly #positionsAt: number
  readonly #size: number
  #written: number
  /** As last seen: looked up again only when the ring seems full, so that the two threads rarely share that line. */
  #read: number
  #next = 0

  constructor(slab: Slab, thread: number) {
    const ringAt = slab.shared.layout.ringsAt + thread * slab.ringBytes
    this.buffer = Buffer.from(slab.shared.buffer, ringAt, slab.ringBytes)
    this.view = new DataView(slab.shared.buffer, ringAt, slab.ringBytes)
    this.#slab = slab
    this.#thread = thread
    this.#positions = slab.ringPositions
    this.#positionsAt = thread * ringPositionWords
    this.#size = slab.ringBytes
    this.#written = Atomics.load(this.#positions, this.#positionsAt + writeWord)
    this.#read = Atomics.load(this.#positions, this.#positionsAt + readWord)
  }

  /** Offset for a frame of that many bytes (a multiple of 8), or -1: the ring is full and the drop is counted. */
  reserve(frameBytes: number): number {
    const size = this.#size
    const at = this.#written & (size - 1)
    const untilEnd = size - at
    const skipped = frameBytes > untilEnd ? untilEnd : 0
    if (!this.#hasRoom(skipped + frameBytes)) {
      addToThreadCell(this.#slab, this.#thread, threadCell.dropped, 1)
      return -1
    }
    if (skipped !== 0) this.view.setUint32(at, wrapMarker, true)
    this.#next = (this.#written + skipped + frameBytes) | 0
    return skipped === 0 ? at : 0
  }

  /** Shows the reserved frame, now whole, to the consumer. */
  publish(): void {
    this.#written = this.#next
    Atomics.store(this.#positions, this.#positionsAt + writeWord, this.#next)
  }

  #hasRoom(bytes: number): boolean {
    const limit = this.#size - bytes
    if (((this.#written - this.#read) | 0) <= limit) return true
    this.#read = Atomics.load(this.#positions, this.#positionsAt + readWord)
    return ((this.#written - this.#read) | 0) <= limit
  }
}

/** The consumer's side: `next` until -1, then `release` once what was read is safe, or `rewind` to read it again. */
export class RingReader {
  readonly buffer: Buffer
  readonly view: DataView
  readonly #positions: Int32Array
  readonly #positionsAt: number
  readonly #size: number
  #cursor: number

  constructor(slab: Slab, thread: number) {
    const ringAt = slab.shared.layout.ringsAt + thread * slab.ringBytes
    this.buffer = Buffer.from(slab.shared.buffer, ringAt, slab.ringBytes)
    this.view = new DataView(slab.shared.buffer, ringAt, slab.ringBytes)
    this.#positions = slab.ringPositions
    this.#positionsAt = thread * ringPositionWords
    this.#size = slab.ringBytes
    this.#cursor = Atomics.load(this.#positions, this.#positionsAt + readWord)
  }

  /** Bytes that are published and not released. */
  get usedBytes(): number {
    const read = Atomics.load(this.#positions, this.#positionsAt + readWord)
    return (Atomics.load(this.#positions, this.#positionsAt + writeWord) - read) | 0
  }

  /** Offset of the next frame, or -1 when there is none yet. */
  next(): number {
    if (this.#cursor === Atomics.load(this.#positions, this.#positionsAt + writeWord)) return -1
    let at = this.#cursor & (this.#size - 1)
    let frameBytes = this.view.getUint32(at, true)
    if (frameBytes === wrapMarker) {
      this.#cursor = (this.#cursor + this.#size - at) | 0
      at = 0
      frameBytes = this.view.getUint32(0, true)
    }
    this.#cursor = (this.#cursor + frameBytes) | 0
    return at
  }

  /** Gives the memory of every frame read so far back to the producer. */
  release(): void {
    Atomics.store(this.#positions, this.#positionsAt + readWord, this.#cursor)
  }

  /** Starts again at the oldest frame that was not released. */
  rewind(): void {
    this.#cursor = Atomics.load(this.#positions, this.#positionsAt + readWord)
  }
}
