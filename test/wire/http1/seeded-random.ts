/** The same numbers for the same seed, so that a failure can be replayed. */
export interface SeededRandom {
  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number
  pick<T>(items: readonly T[]): T
}

/** Marsaglia's xorshift with 32 bits: plenty for choosing test inputs. */
export function seededRandom(seed: number): SeededRandom {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) | 1
  const below = (bound: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
  return { below, pick: (items) => items[below(items.length)] }
}
