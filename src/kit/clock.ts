/** The only source of time. Tests hand in a clock that they move themselves. */
export interface Clock {
  /** Unix time in milliseconds; may step when the machine's clock is set. */
  wallMs(): number
  /** Microseconds since the machine started: never steps back, and the same time line in every thread. */
  monotonicUs(): number
}

export const systemClock: Clock = { wallMs: () => Date.now(), monotonicUs }

// `process.hrtime()` allocates; `performance.now()` does not, but counts from the start of its own thread.
const threadStartUs = Number(process.hrtime.bigint()) / 1_000 - performance.now() * 1_000

function monotonicUs(): number {
  return threadStartUs + performance.now() * 1_000
}
