/** A bandwidth in the form that a cell needs; times in ticks of 1/1024 µs. */
export interface Shaper {
  readonly ticksPerByte: number
  /** How far the cell may run ahead of now before anybody waits. */
  readonly toleranceTicks: bigint
}

const ticksPerUs = 1_024

/** Bytes may come together that make up so much time: timers are late by a millisecond or two, and nothing shall be lost by that. */
const toleranceUs = 50_000n

export function createShaper(bytesPerSecond: number): Shaper {
  return { ticksPerByte: (1e6 * ticksPerUs) / bytesPerSecond, toleranceTicks: toleranceUs * BigInt(ticksPerUs) }
}

/**
 * Bytes have passed: the cell, which says until when the bandwidth is taken, moves on by their time. Returns for how many
 * microseconds whoever passed them shall pass no more. All threads share the cell and the time line, so that however many streams
 * there are, each waits for its own turn and together they get the bandwidth.
 */
export function passBytes(cells: BigInt64Array, cell: number, shaper: Shaper, { bytes, nowUs }: Passed): number {
  const now = ticksAt(nowUs)
  const ticks = BigInt(Math.round(bytes * shaper.ticksPerByte))
  let seen = Atomics.load(cells, cell)
  for (;;) {
    const next = (seen > now ? seen : now) + ticks
    const before = Atomics.compareExchange(cells, cell, seen, next)
    if (before === seen) return waitUs(next, now, shaper)
    seen = before
  }
}

export interface Passed {
  readonly bytes: number
  readonly nowUs: number
}

/** For how many microseconds nobody shall pass anything, because of what has passed already. */
export function readBacklog(cells: BigInt64Array, cell: number, shaper: Shaper, nowUs: number): number {
  return waitUs(Atomics.load(cells, cell), ticksAt(nowUs), shaper)
}

function waitUs(taken: bigint, now: bigint, { toleranceTicks }: Shaper): number {
  const ahead = taken - now - toleranceTicks
  return ahead > 0n ? Math.ceil(Number(ahead) / ticksPerUs) : 0
}

function ticksAt(nowUs: number): bigint {
  return BigInt(Math.floor(nowUs * ticksPerUs))
}
