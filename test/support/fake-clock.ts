import type { Clock } from '../../src/kit/clock.ts'

/** A clock that stands still until a test moves it. */
export function fakeClock({ wallMs = Date.UTC(2026, 10, 20, 12) } = {}) {
  let elapsedMs = 0
  const clock: Clock & { advance(ms: number): void } = {
    wallMs: () => wallMs + elapsedMs,
    monotonicUs: () => elapsedMs * 1_000,
    advance: (ms) => {
      elapsedMs += ms
    },
  }
  return clock
}
