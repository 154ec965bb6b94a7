/** A rate in the form that a cell needs. Times are in 1/1024 µs, so that 7 requests per second do not drift. */
export interface Bucket {
  /** What one request costs. */
  readonly intervalTicks: bigint
  /** How far the cell may run ahead of now and still admit: (burst - 1) intervals. */
  readonly toleranceTicks: bigint
}

const ticksPerUs = 1_024
/** Some 70 years: keeps now + tolerance + interval within 64 bits. */
const longestTicks = 1n << 61n
/** Two threads never disagree by as much about what time it is. */
const slackTicks = 1_000_000n * BigInt(ticksPerUs)

/** `burst` requests are admitted at once, then `count` per `periodMs`. Both at least 1. */
export function createBucket({ count, periodMs, burst }: { count: number; periodMs: number; burst: number }): Bucket {
  const intervalTicks = atMostLongest(BigInt(Math.max(1, Math.round((periodMs * 1_000 * ticksPerUs) / count))))
  return { intervalTicks, toleranceTicks: atMostLongest(intervalTicks * BigInt(burst - 1)) }
}

/** The bucket with room for those that wait for so long: they are charged at once, and go on when the bucket itself would admit them. */
export function withQueue({ intervalTicks, toleranceTicks }: Bucket, maxWaitMs: number): Bucket {
  return { intervalTicks, toleranceTicks: atMostLongest(toleranceTicks + BigInt(maxWaitMs * 1_000 * ticksPerUs)) }
}

/** A time of the clock in ticks: what all buckets that one request meets are asked with, since making it takes 30 ns. */
export function ticksAt(nowUs: number): bigint {
  return BigInt(Math.floor(nowUs * ticksPerUs))
}

/**
 * The generic cell rate algorithm. The cell holds when the bucket will be full again; 0n is a full bucket.
 * Returns 0 when admitted, else the microseconds after which a retry would be. Threads share the cell and the time line:
 * whoever loses the compare-exchange decides again by what the winner left, so no admission is lost or doubled.
 * Time never steps back: a thread whose `now` lags finds what the others wrote. 35 ns, with the clock's 40 on top.
 */
export function takeFromBucket(cells: BigInt64Array, cell: number, bucket: Bucket, now: bigint): number {
  let seen = Atomics.load(cells, cell)
  for (;;) {
    const fullAt = seen > now ? seen : now
    const waitTicks = fullAt - now - bucket.toleranceTicks
    if (waitTicks > bucket.intervalTicks + slackTicks) return resetToEmpty(cells, cell, { bucket, now, seen })
    if (waitTicks > 0n) return Math.ceil(Number(waitTicks) / ticksPerUs)
    const before = Atomics.compareExchange(cells, cell, seen, fullAt + bucket.intervalTicks)
    if (before === seen) return 0
    seen = before
  }
}

/** As `takeFromBucket`, but takes nothing. */
export function waitForBucket(cells: BigInt64Array, cell: number, bucket: Bucket, now: bigint): number {
  const waitTicks = Atomics.load(cells, cell) - now - bucket.toleranceTicks
  if (waitTicks > bucket.intervalTicks + slackTicks) return Math.ceil(Number(bucket.intervalTicks) / ticksPerUs)
  return waitTicks > 0n ? Math.ceil(Number(waitTicks) / ticksPerUs) : 0
}

/** In how many microseconds the bucket would admit one more, however far ahead those are that it has queued. */
export function turnInBucket(cells: BigInt64Array, cell: number, { toleranceTicks }: Bucket, now: bigint): number {
  const waitTicks = Atomics.load(cells, cell) - now - toleranceTicks
  return waitTicks > 0n ? Math.ceil(Number(waitTicks) / ticksPerUs) : 0
}

/** What a bucket holds. */
export interface BucketLevel {
  /** Requests that it would admit at once. */
  readonly left: number
  /** Until it is full, in microseconds. */
  readonly fullInUs: number
}

export function readBucket(cells: BigInt64Array, cell: number, bucket: Bucket, now: bigint): BucketLevel {
  const ahead = Atomics.load(cells, cell) - now
  if (ahead <= 0n) return { left: Number(bucket.toleranceTicks / bucket.intervalTicks) + 1, fullInUs: 0 }
  const room = bucket.toleranceTicks + bucket.intervalTicks - ahead
  return {
    left: room > 0n ? Number(room / bucket.intervalTicks) : 0,
    fullInUs: Math.ceil(Number(ahead) / ticksPerUs),
  }
}

/** A slower rate, since replaced, left the cell further ahead than this one ever gets: the operator's new rate holds now. */
function resetToEmpty(
  cells: BigInt64Array,
  cell: number,
  state: { bucket: Bucket; now: bigint; seen: bigint },
): number {
  const { bucket, now, seen } = state
  Atomics.compareExchange(cells, cell, seen, now + bucket.toleranceTicks + bucket.intervalTicks)
  return Math.ceil(Number(bucket.intervalTicks) / ticksPerUs)
}

function atMostLongest(ticks: bigint): bigint {
  return ticks < longestTicks ? ticks : longestTicks
}
