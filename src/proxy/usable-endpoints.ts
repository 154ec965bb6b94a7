import type { MayUse } from '../balance/algorithm.ts'
import { breakerState, readBreaker } from '../slab/breakers.ts'
import { countHindranceMoves, hindrance, readHindrances } from '../slab/hindrances.ts'
import type { Slab } from '../slab/slab.ts'
import { chooseMembers } from './choose-members.ts'
import type { Member, MemberRules } from './choose-members.ts'

export interface UsableEndpointsParts {
  readonly slab: Slab
  readonly slots: readonly number[]
  readonly rules: MemberRules
  /** Who the members are for a node in that zone; undefined: in none. */
  readonly membersIn: (zone: string | undefined) => readonly Member[]
  /** The zone that the node is in now. */
  readonly zone: () => string | undefined
  /** All are used from now on, healthy or not; or that is over. */
  readonly onPanic: (isPanic: boolean) => void
}

/** Which endpoints of a pool may be used, as one data thread knows it: worked out anew whenever any hindrance has moved. */
export class UsableEndpoints {
  /** For balancers; good until the next `refresh`. */
  readonly mayUse: MayUse
  /** As `mayUse`, for a client that is pinned to it. */
  readonly mayKeep: MayUse
  /** Whoever is healthy, in whichever group or zone: for a request that has tried all that it should use. */
  readonly mayUseAtLast: MayUse
  /** Of those whose circuit breaker lets one request through: who may be used otherwise; one of them may have been sent by now. */
  probes: readonly number[] = []
  readonly #parts: UsableEndpointsParts
  readonly #isHealthy: Uint8Array
  readonly #isUsable: Uint8Array
  #members: readonly Member[]
  #zone: string | undefined
  #moves = -1
  #isPanic = false

  constructor(parts: UsableEndpointsParts) {
    this.#parts = parts
    this.#zone = parts.zone()
    this.#members = parts.membersIn(this.#zone)
    const isHealthy = (this.#isHealthy = new Uint8Array(parts.slots.length))
    const isUsable = (this.#isUsable = new Uint8Array(parts.slots.length))
    this.mayUse = (index) => isUsable[index] === 1
    this.mayKeep = (index) => isUsable[index] === 1 || (isHealthy[index] === 1 && this.#members[index].isDraining)
    this.mayUseAtLast = (index) => isHealthy[index] === 1 && this.#members[index].isOpen
  }

  /** Before each choice. */
  refresh(): void {
    const { slab, zone } = this.#parts
    const moves = countHindranceMoves(slab)
    if (moves === this.#moves && zone() === this.#zone) return
    this.#moves = moves
    this.#work()
  }

  #work(): void {
    const { slab, slots, rules, membersIn, zone, onPanic } = this.#parts
    if (zone() !== this.#zone) {
      this.#zone = zone()
      this.#members = membersIn(this.#zone)
    }
    const probes: number[] = []
    for (let index = 0; index < slots.length; index++) {
      const hindrances = readHindrances(slab, slots[index])
      this.#isHealthy[index] = hindrances === 0 ? 1 : 0
      const isHalfOpen = hindrances === hindrance.tripped && readBreaker(slab, slots[index]) === breakerState.halfOpen
      if (isHalfOpen && this.#members[index].isOpen) probes.push(index)
    }
    this.probes = probes
    const isPanic = chooseMembers(this.#members, { isHealthy: this.#isHealthy, isUsable: this.#isUsable }, rules)
    if (isPanic !== this.#isPanic) onPanic(isPanic)
    this.#isPanic = isPanic
  }
}
