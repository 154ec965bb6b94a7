import type { MayUse } from '../balance/algorithm.ts'
import { countHindranceMoves, readHindrances } from '../slab/hindrances.ts'
import type { Slab } from '../slab/slab.ts'

/** Which endpoints of a pool may be used, as one data thread knows it: worked out anew whenever any hindrance has moved. */
export class UsableEndpoints {
  /** For balancers; good until the next `refresh`. */
  readonly mayUse: MayUse
  readonly #slab: Slab
  readonly #slots: readonly number[]
  readonly #isUsable: Uint8Array
  #moves = -1

  constructor(slab: Slab, slots: readonly number[]) {
    this.#slab = slab
    this.#slots = slots
    const isUsable = new Uint8Array(slots.length)
    this.#isUsable = isUsable
    this.mayUse = (index) => isUsable[index] === 1
  }

  /** Before each choice. */
  refresh(): void {
    const moves = countHindranceMoves(this.#slab)
    if (moves === this.#moves) return
    this.#moves = moves
    for (let index = 0; index < this.#slots.length; index++) {
      this.#isUsable[index] = readHindrances(this.#slab, this.#slots[index]) === 0 ? 1 : 0
    }
  }
}
