import { outcomesSince } from '../slab/outcomes.ts'
import type { Outcomes } from '../slab/outcomes.ts'

/** Parts of a window: what is older than one window and one part is forgotten. */
const parts = 10

/** How many requests of the last window were answered, failed, or were slow, worked out from counters that only grow. */
export class OutcomeWindow {
  readonly #partUs: number
  /** Readings, the oldest first: one at the end of each part of the window. */
  #marks: Outcomes[]
  #nextUs: number

  constructor(windowMs: number, start: Outcomes, nowUs: number) {
    this.#partUs = (windowMs * 1_000) / parts
    this.#marks = [start]
    this.#nextUs = nowUs + this.#partUs
  }

  /** Takes a reading; returns what has come to it within the window. */
  read(now: Outcomes, nowUs: number): Outcomes {
    if (nowUs >= this.#nextUs) {
      const passed = 1 + Math.floor((nowUs - this.#nextUs) / this.#partUs)
      this.#nextUs += passed * this.#partUs
      // Of parts in which nobody looked nothing is known but the sum.
      for (let part = 0; part < Math.min(passed, parts); part++) this.#marks.push(now)
      this.#marks = this.#marks.slice(-parts)
    }
    return outcomesSince(now, this.#marks[0])
  }
}
