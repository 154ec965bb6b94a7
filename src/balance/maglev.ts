import { hashNumber } from '../kit/hash-text.ts'
import type { Balancer, MayUse } from './algorithm.ts'
import type { Candidates } from './candidates.ts'
import { hashNames } from './identities.ts'
import { Rendezvous } from './rendezvous.ts'

/** Prime, so that every step below it visits every place. */
const places = 65_537

/** With more candidates a table of that size could not say how they differ. */
export const mostInTable = 16_384

/** Places on a key's way that are looked at before everybody is asked. */
const mostSteps = 32

const empty = 0xff_ff

/**
 * Maglev hashing (Eisenbud and others, NSDI 2016, section 3.4): a table in which every candidate has its share of places to
 * within one, by weight. A key whose candidate may not be used goes on from place to place, so that keys of others stay.
 */
export class Maglev implements Balancer {
  readonly #candidates: Candidates
  /** Made when the first key comes: 128 KiB, some milliseconds. */
  #table: Uint16Array | undefined = undefined
  #rest: Rendezvous | undefined = undefined
  #weightsVersion = -1

  constructor(candidates: Candidates) {
    this.#candidates = candidates
  }

  pick(mayUse: MayUse, hash: number): number {
    if (this.#weightsVersion !== this.#candidates.weightsVersion) this.#fill()
    const table = this.#table
    if (table === undefined) return -1
    let place = hash % places
    const first = table[place]
    if (mayUse(first)) return first
    const step = 1 + (hashNumber(hash, places) % (places - 1))
    for (let taken = 1; taken < mostSteps; taken++) {
      place = (place + step) % places
      if (mayUse(table[place])) return table[place]
    }
    return (this.#rest ??= new Rendezvous(this.#candidates)).pick(mayUse, hash)
  }

  #fill(): void {
    const { names, weights, weightsVersion } = this.#candidates
    this.#table = weights.some((weight) => weight > 0) ? buildTable(names, weights) : undefined
    this.#weightsVersion = weightsVersion
  }
}

/**
 * In rounds, in an order that is made of the names too, each candidate takes the next free place on its own way through the
 * table; the heaviest in every round, others in as many as their weight is a share of its. 3 ms for 1,000 candidates.
 */
export function buildTable(names: readonly string[], weights: Float64Array): Uint16Array {
  const words = hashNames(names)
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  const at = Int32Array.from(names, (_, index) => (words[index * 2] >>> 0) % places)
  const steps = Int32Array.from(names, (_, index) => 1 + ((words[index * 2 + 1] >>> 0) % (places - 1)))
  const order = Int32Array.from(names.keys()).toSorted(
    (a, b) => words[a * 2] - words[b * 2] || words[a * 2 + 1] - words[b * 2 + 1],
  )
  const turns = new Float64Array(names.length)
  const table = new Uint16Array(places).fill(empty)
  for (let free = places; free > 0;) {
    for (let rank = 0; rank < order.length && free > 0; rank++) {
      const index = order[rank]
      turns[index] += weights[index]
      if (turns[index] < heaviest) continue
      turns[index] -= heaviest
      let place = at[index]
      const step = steps[index]
      while (table[place] !== empty) {
        place += step
        if (place >= places) place -= places
      }
      table[place] = index
      at[index] = place
      free -= 1
    }
  }
  return table
}
