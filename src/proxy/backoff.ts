/** How far it grows, in multiples of where it begins. */
const mostTimes = 10

/**
 * How long a retry waits, in ms: the first goes at once, since one failure says little of other endpoints; each further one waits
 * a random part of a time that doubles (full jitter: Brooker, "Exponential Backoff And Jitter", 2015).
 */
export function backoffMs(retry: number, { baseMs, random }: Backoff): number {
  if (retry <= 1) return 0
  return random() * baseMs * Math.min(mostTimes, 2 ** (retry - 2))
}

export interface Backoff {
  readonly baseMs: number
  /** From 0 up to 1. */
  readonly random: () => number
}
