import type { Slab } from './slab.ts'

/** One answer of an endpoint, or what came instead of one. */
export interface LatencySample {
  readonly us: number
  readonly hasFailed: boolean
  readonly nowUs: number
}

/** An estimate has fallen to 37 % after so long without an answer that confirms it. */
const decayUs = 10_000_000

/** A failure counts for so many of the answers expected, and for `leastFailureUs` at least. */
const failureFactor = 10
const leastFailureUs = 1_000_000

// A cell is one double, a whole number of 53 bits: 22 of time, 31 of the estimate.
const tickUs = 16_000
const tickRange = 2 ** 22
const unitsPerUs = 64
const unitRange = 2 ** 31

const scratch = new Float64Array(1)
const scratchBits = new BigInt64Array(scratch.buffer)

/**
 * Learns from a sample how long the endpoint at that slot takes: a peak-sensitive moving average, as Finagle has it. Who is slower
 * than expected is so at once, who is faster proves it over time. A failure counts as slow however fast it came, so that who fails
 * fast attracts nobody. Threads swap estimate and time as one, so that no sample is lost and no reader needs a lock.
 */
export function observeLatency(slab: Slab, slot: number, sample: LatencySample): void {
  const tick = tickOf(sample.nowUs)
  let seen = Atomics.load(slab.latencyBits, slot)
  for (;;) {
    scratchBits[0] = seen
    const us = estimate(scratch[0], sample)
    // What was measured is never taken for unknown.
    const units = Math.min(unitRange - 1, Math.max(1, Math.round(us * unitsPerUs)))
    scratch[0] = tick * unitRange + units
    const before = Atomics.compareExchange(slab.latencyBits, slot, seen, scratchBits[0])
    if (before === seen) return
    seen = before
  }
}

/** Microseconds that an answer is expected to take; what nobody confirms falls to 0, which is also what is unknown. 12 ns. */
export function readLatency(slab: Slab, slot: number, nowUs: number): number {
  const cell = slab.latencies[slot]
  return cell === 0 ? 0 : Math.floor(usOf(cell) * shareLeft(cell, nowUs))
}

/** Makes a slot as new for its next owner. */
export function zeroLatency(slab: Slab, slot: number): void {
  Atomics.store(slab.latencyBits, slot, 0n)
}

function estimate(cell: number, { us, hasFailed, nowUs }: LatencySample): number {
  const knownUs = usOf(cell)
  const share = cell === 0 ? 0 : shareLeft(cell, nowUs)
  if (hasFailed) return Math.max(us, leastFailureUs, knownUs * share * failureFactor)
  return us > knownUs ? us : knownUs * share + us * (1 - share)
}

function usOf(cell: number): number {
  return (cell % unitRange) / unitsPerUs
}

/** What is left of an estimate, from 1 down to 0; another thread may have written it a moment ahead of us. */
function shareLeft(cell: number, nowUs: number): number {
  const ticks = (tickOf(nowUs) - Math.floor(cell / unitRange) + tickRange) % tickRange
  return ticks > tickRange / 2 ? 1 : Math.exp((-ticks * tickUs) / decayUs)
}

function tickOf(nowUs: number): number {
  return Math.floor(nowUs / tickUs) % tickRange
}
