import { duration } from '../kit/field/duration.ts'
import { integer } from '../kit/field/integer.ts'
import { percent } from '../kit/field/percent.ts'

/** When a circuit breaker opens, and for how long: for whatever has one. */
export const breakerFields = {
  breakerErrorsPercent: percent({
    summary: 'Share of failed requests at which a breaker opens; 0% means that they open none.',
    label: 'breaker errors',
    default: 50,
    isHidden: true,
  }),
  breakerSlowPercent: percent({
    summary: 'Share of slow requests at which it opens; 0% means that they open none.',
    label: 'breaker slow',
    default: 0,
    isHidden: true,
  }),
  breakerSlowAfterMs: duration({
    summary: 'A request is slow when its response has not begun after so long.',
    default: 5_000,
    isHidden: true,
  }),
  breakerMinRequests: integer({
    summary: 'With fewer requests in its window a breaker does not open.',
    min: 1,
    max: 1_000_000,
    default: 20,
    isHidden: true,
  }),
  breakerWindowMs: duration({
    summary: 'Time over which requests are counted.',
    minMs: 1_000,
    maxMs: 3_600_000,
    default: 10_000,
    isHidden: true,
  }),
  breakerOpenMs: duration({
    summary: 'How long a breaker stays open before one request is let through as a probe.',
    minMs: 100,
    default: 5_000,
    isHidden: true,
  }),
} as const
