import { bucketCount, latencyBucket, percentileUs } from '../slab/histogram.ts'
import type { Exchange } from './exchange.ts'
import { hasBody } from './kept-body.ts'
import { isRepeatableMethod } from './retry.ts'

/** The request was sent: unless its answer begins before it is late, another endpoint may be asked as well. */
export function awaitAnswer(exchange: Exchange, lateMs: number): void {
  const { attempts, method, head, handshake, pinned, route } = exchange
  if (attempts > 1 || route!.retry.attempts === 1 || handshake !== undefined || pinned !== -1) return
  if (hasBody(head) || !isRepeatableMethod(method, route!.retry)) return
  exchange.timer = setTimeout(() => exchange.onLate(), lateMs)
}

/** Before so many were seen, nothing is late. */
const leastSeen = 100

/** The older half of what was seen loses its weight then. */
const mostSeen = 2_000

/** The percentile is looked up that often. */
const lookEvery = 50

const late = 0.95

/** From when on a request of a route is late: 95 % of those before had their answer by then. One data thread's view. */
export class LateAfter {
  readonly #buckets = new Uint32Array(bucketCount)
  #seen = 0
  #ms: number | undefined = undefined

  /** In ms, at least 1; undefined while too little is known. */
  get ms(): number | undefined {
    return this.#ms
  }

  /** An answer has begun, so long after its request was sent first. */
  observe(us: number): void {
    this.#buckets[latencyBucket(us)] += 1
    this.#seen += 1
    if (this.#seen >= mostSeen) this.#age()
    if (this.#seen >= leastSeen && this.#seen % lookEvery === 0) {
      this.#ms = Math.max(1, percentileUs(this.#buckets, late) / 1_000)
    }
  }

  #age(): void {
    this.#seen = 0
    for (let i = 0; i < bucketCount; i++) {
      this.#buckets[i] >>>= 1
      this.#seen += this.#buckets[i]
    }
  }
}
