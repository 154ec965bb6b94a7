import { passBytes, readBacklog } from '../limit/shaper.ts'
import type { Exchange } from './exchange.ts'
import type { LimitRuntime } from './limit-runtime.ts'

/** Of the two cells of a limit. */
const direction = { up: 0, down: 1 } as const

type Direction = (typeof direction)[keyof typeof direction]

/** One exchange's share of the bandwidth that it has together with others: what it has passed, and which turns it waits for. */
export class Shape {
  readonly #exchange: Exchange
  readonly #limits: readonly LimitRuntime[]
  /** Passed since they were charged last. */
  #bytesIn = 0
  #bytesOut = 0
  #upTimer: NodeJS.Timeout | undefined = undefined
  #downTimer: NodeJS.Timeout | undefined = undefined

  constructor(exchange: Exchange, limits: readonly LimitRuntime[]) {
    this.#exchange = exchange
    this.#limits = limits
  }

  /** For how long a request waits because others have taken more than there is: so do small answers their turns. */
  get backlogUs(): number {
    const { slab, clock } = this.#exchange.thread
    const nowUs = clock.monotonicUs()
    return this.#longest(({ slot, shaper }) =>
      Math.max(
        readBacklog(slab.bandwidths, slot * 2 + direction.up, shaper!, nowUs),
        readBacklog(slab.bandwidths, slot * 2 + direction.down, shaper!, nowUs),
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

  countIn(bytes: number): void {
    this.#bytesIn += bytes
  }

  countOut(bytes: number): void {
    this.#bytesOut += bytes
  }

  /** Part of the request's body has gone on; false when its client is not read before its turn comes again. */
  passRequest(): boolean {
    const waitUs = this.#pass(direction.up, this.#bytesIn)
    this.#bytesIn = 0
    if (waitUs > 0) {
      this.#upTimer = setTimeout(() => {
        this.#upTimer = undefined
        this.#exchange.onUpTurn()
      }, waitUs / 1_000)
    }
    return !this.isUpHeld
  }

  /** Part of the answer has gone out: the endpoint is not read before its turn comes again. */
  passAnswer(): void {
    const waitUs = this.#pass(direction.down, this.#bytesOut)
    this.#bytesOut = 0
    if (waitUs === 0 || this.#exchange.isClosed) return
    this.#exchange.stream?.pauseAnswer()
    this.#downTimer = setTimeout(() => {
      this.#downTimer = undefined
      this.#exchange.onDownTurn()
    }, waitUs / 1_000)
  }

  /** What has passed last is charged, though nobody waits for it any more. */
  close(): void {
    clearTimeout(this.#upTimer)
    clearTimeout(this.#downTimer)
    this.#pass(direction.up, this.#bytesIn)
    this.#pass(direction.down, this.#bytesOut)
  }

  #pass(way: Direction, bytes: number): number {
    if (bytes === 0) return 0
    const { slab, clock } = this.#exchange.thread
    const nowUs = clock.monotonicUs()
    return this.#longest(({ slot, shaper }) => passBytes(slab.bandwidths, slot * 2 + way, shaper!, { bytes, nowUs }))
  }

  #longest(waitOf: (limit: LimitRuntime) => number): number {
    let waitUs = 0
    for (const limit of this.#limits) waitUs = Math.max(waitUs, waitOf(limit))
    return waitUs
  }
}
