import type { Candidates } from '../balance/candidates.ts'
import type { Clock } from '../kit/clock.ts'
import { countHindranceMoves, recoveredUs } from '../slab/hindrances.ts'
import type { Slab } from '../slab/slab.ts'

export interface SlowStartParts {
  readonly slab: Slab
  readonly clock: Clock
  readonly slots: readonly number[]
  readonly weights: readonly number[]
  readonly durationMs: number
}

/** A weight grows in so many steps, each of which makes a balancer work out its order anew; so weights stay whole numbers. */
const steps = 20

/** Gives endpoints that are back, or new, a growing part of their weight, until they have been there for the pool's slow start. */
export class SlowStart {
  readonly #parts: SlowStartParts
  readonly #durationUs: number
  #moves = -1
  /** When the next weight grows; Infinity: all have theirs. */
  #nextUs = Infinity

  constructor(parts: SlowStartParts) {
    this.#parts = parts
    this.#durationUs = parts.durationMs * 1_000
  }

  /** Before each choice. */
  refresh(candidates: Candidates): void {
    const { slab, clock } = this.#parts
    const moves = countHindranceMoves(slab)
    if (moves === this.#moves && (this.#nextUs === Infinity || clock.monotonicUs() < this.#nextUs)) return
    this.#moves = moves
    this.#work(candidates, clock.monotonicUs())
  }

  #work(candidates: Candidates, nowUs: number): void {
    const { slab, slots, weights } = this.#parts
    this.#nextUs = Infinity
    for (let index = 0; index < slots.length; index++) {
      const sinceUs = recoveredUs(slab, slots[index])
      const step = sinceUs === 0 ? steps : this.#stepAt(nowUs - sinceUs)
      candidates.setWeight(index, weights[index] * step)
      if (step < steps) this.#nextUs = Math.min(this.#nextUs, sinceUs + ((step + 1) * this.#durationUs) / steps)
    }
  }

  /** From 1 on: who gets nothing never shows that it is well. */
  #stepAt(elapsedUs: number): number {
    return Math.max(1, Math.min(steps, Math.floor((elapsedUs / this.#durationUs) * steps)))
  }
}
