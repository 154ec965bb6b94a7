import { passBytes, readBacklog } from '../limit/shaper.ts'
import type { Shaper } from '../limit/shaper.ts'
import type { ConnectionLease } from './connection-lease.ts'
import type { LimitSet } from './limit-runtime.ts'
import type { ThreadState } from './thread-state.ts'

/** Of the two cells of a bandwidth. */
const direction = { up: 0, down: 1 } as const

type Direction = (typeof direction)[keyof typeof direction]

/** Who passes bytes: an exchange, and from its 101 on its tunnel. */
export interface Shaped {
  /** Its bandwidth has room for more from the client. */
  onUpTurn(): void
  /** Its bandwidth has room for more from the endpoint. */
  onDownTurn(): void
}

/** A bandwidth and where its two cells lie. */
interface Gate {
  readonly shaper: Shaper
  readonly cells: BigInt64Array
  readonly at: number
}

/** One exchange's share of the bandwidths that it has together with others: what it has passed, and which turns it waits for. */
export class Shape {
  readonly #clock: ThreadState['clock']
  readonly #gates: readonly Gate[]
  #shaped: Shaped
  /** Passed since they were charged last. */
  #bytesIn = 0
  #bytesOut = 0
  #upTimer: NodeJS.Timeout | undefined = undefined
  #downTimer: NodeJS.Timeout | undefined = undefined
  #isClosed = false

  constructor({ slab, clock }: ThreadState, shaped: Shaped, gates: { set: LimitSet; lease: ConnectionLease }) {
    const { set, lease } = gates
    this.#clock = clock
    this.#shaped = shaped
    this.#gates = set.shaped.map(({ slot, shaper }) => ({ shaper: shaper!, cells: slab.bandwidths, at: slot * 2 }))
    if (set.connectionShaper === undefined) return
    this.#gates = [...this.#gates, { shaper: set.connectionShaper, cells: lease.bandwidths, at: 0 }]
  }

  /** For how long a request waits because others have taken more than there is: so do small answers their turns. */
  get backlogUs(): number {
    const nowUs = this.#clock.monotonicUs()
    return this.#longest(({ cells, at, shaper }) =>
      Math.max(
        readBacklog(cells, at + direction.up, shaper, nowUs),
        readBacklog(cells, at + direction.down, shaper, nowUs),
      ),
    )
  }

  /** The client is not read. */
  get isUpHeld(): boolean {
    return this.#upTimer !== undefined
  }

  /** The endpoint is not read. */
  get isDownHeld(): boolean {
    return this.#downTimer !== undefined
  }

  /** Another one passes the bytes from now on. */
  handOver(shaped: Shaped): void {
    this.#shaped = shaped
  }

  countIn(bytes: number): void {
    this.#bytesIn += bytes
  }

  countOut(bytes: number): void {
    this.#bytesOut += bytes
  }

  /** What came from the client has gone on; false when the client is not read before its turn comes again. */
  passUp(): boolean {
    const waitUs = this.#pass(direction.up)
    if (waitUs > 0 && !this.#isClosed && !this.isUpHeld) {
      this.#upTimer = setTimeout(() => {
        this.#upTimer = undefined
        this.#shaped.onUpTurn()
      }, waitUs / 1_000)
    }
    return !this.isUpHeld
  }

  /** What came from the endpoint has gone out; false when the endpoint is not read before its turn comes again. */
  passDown(): boolean {
    const waitUs = this.#pass(direction.down)
    if (waitUs > 0 && !this.#isClosed && !this.isDownHeld) {
      this.#downTimer = setTimeout(() => {
        this.#downTimer = undefined
        this.#shaped.onDownTurn()
      }, waitUs / 1_000)
    }
    return !this.isDownHeld
  }

  /** What has passed last is charged, though nobody waits for it any more. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#upTimer)
    clearTimeout(this.#downTimer)
    this.#pass(direction.up)
    this.#pass(direction.down)
  }

  #pass(way: Direction): number {
    const bytes = way === direction.up ? this.#bytesIn : this.#bytesOut
    if (bytes === 0) return 0
    if (way === direction.up) this.#bytesIn = 0
    else this.#bytesOut = 0
    const nowUs = this.#clock.monotonicUs()
    return this.#longest(({ cells, at, shaper }) => passBytes(cells, at + way, shaper, { bytes, nowUs }))
  }

  #longest(waitOf: (gate: Gate) => number): number {
    let waitUs = 0
    for (const gate of this.#gates) waitUs = Math.max(waitUs, waitOf(gate))
    return waitUs
  }
}
