/**
 * A rate in the form that a cell needs. Times are in ticks of 1/1024 µs, so that 7 requests per second do not drift. They are doubles,
 * whole up to 2^53: a machine that has been up for more than 101 days knows them to 1/512 µs, and so on.
 */
export interface Bucket {
  /** What one request costs. */
  readonly intervalTicks: number
  /** How far the cell may run ahead of now and still admit: (burst - 1) intervals. */
  readonly toleranceTicks: number
}

const ticksPerUs = 1_024
/** Two threads never disagree by as much about what time it is. */
const slackTicks = 1_000_000 * ticksPerUs

/** `burst` requests are admitted at once, then `count` per `periodMs`. Both at least 1. */
export function createBucket({ count, periodMs, burst }: { count: number; periodMs: number; burst: number }): Bucket {
  const intervalTicks = Math.max(1, Math.round((periodMs * 1_000 * ticksPerUs) / count))
  return { intervalTicks, toleranceTicks: intervalTicks * (burst - 1) }
}

/** The bucket with room for those that wait for so long: they are charged at once, and go on when the bucket itself would admit them. */
export function withQueue({ intervalTicks, toleranceTicks }: Bucket, maxWaitMs: number): Bucket {
  return { intervalTicks, toleranceTicks: toleranceTicks + maxWaitMs * 1_000 * ticksPerUs }
}

/** A time of the clock in ticks. */
export function ticksAt(nowUs: number): number {
  return Math.floor(nowUs * ticksPerUs)
}

/**
 * The generic cell rate algorithm. The cell holds when the bucket will be full again; 0 is a full bucket. Returns 0 when
 * admitted, else the microseconds after which a retry would be. All threads share the cell and the time line: whoever calls
 * holds the lock that the cell is under, so no admission is lost or doubled. Time never steps back: a thread whose `now` lags
 * finds what the others wrote. 5 ns; with a compare-exchange of whole 64 bits, which needs no lock, it is 42, and a
 * request asks several.
 */
export function takeFromBucket(cells: Float64Array, cell: number, bucket: Bucket, now: number): number {
  const waitUs = waitForBucket(cells, cell, bucket, now)
  if (waitUs === 0) chargeBucket(cells, cell, bucket, now)
  return waitUs
}

/** For who has asked already. */
export function chargeBucket(cells: Float64Array, cell: number, { intervalTicks }: Bucket, now: number): void {
  cells[cell] = Math.max(cells[cell], now) + intervalTicks
}

/**
 * As `takeFromBucket`, but takes nothing. Where a slower rate, since replaced, left the cell further ahead than this one ever
 * gets, the bucket is empty from now on: the operator's new rate holds.
 */
export function waitForBucket(cells: Float64Array, cell: number, bucket: Bucket, now: number): number {
  const { intervalTicks, toleranceTicks } = bucket
  const waitTicks = cells[cell] - now - toleranceTicks
  if (waitTicks <= 0) return 0
  if (waitTicks <= intervalTicks + slackTicks) return Math.ceil(waitTicks / ticksPerUs)
  cells[cell] = now + toleranceTicks + intervalTicks
  return Math.ceil(intervalTicks / ticksPerUs)
}

/** In how many microseconds the bucket would admit one more, however far ahead those are that it has queued. */
export function turnInBucket(cells: Float64Array, cell: number, { toleranceTicks }: Bucket, now: number): number {
  return Math.max(0, Math.ceil((cells[cell] - now - toleranceTicks) / ticksPerUs))
}

/** Requests that the bucket would admit at once. */
export function leftInBucket(cells: Float64Array, cell: number, bucket: Bucket, now: number): number {
  const room = bucket.toleranceTicks + bucket.intervalTicks - Math.max(0, cells[cell] - now)
  return Math.max(0, Math.floor(room / bucket.intervalTicks))
}

/** Until the bucket is full, in microseconds. */
export function fullInUs(cells: Float64Array, cell: number, now: number): number {
  return Math.max(0, Math.ceil((cells[cell] - now) / ticksPerUs))
}
