/** What came of the requests that were answered since the last look. */
export interface Round {
  /** Mean time until the first byte of an answer. */
  readonly meanUs: number
  /** Whether as many were under way as may be, or nearly. */
  readonly isFull: boolean
}

/** How much slower than unloaded answers may be before fewer requests are sent. */
const tolerance = 1.25

/** How far one round moves the limit to where it should be. */
const step = 0.5

/** Growth of a limit that was never met by slower answers. */
const firstGrowth = 1.1

/** Rounds at the limit between two probes, and until the first one. */
const roundsBetween = 40
const roundsBefore = 4

/** Rounds of a probe; in the first one requests end that began before. */
const probeRounds = 4

/** What a probe may add at most to what unloaded answers are believed to take. */
const mostRise = 1.2

/** Rounds in which fewer requests made nothing faster: then it is not their number that makes it slow. */
const vainRounds = 4
const vainGradient = 0.7

/** Share of the newest round in the same, while there is room and nothing waits for another request. */
const newestShare = 0.1

/**
 * How many requests a pool serves at once without getting slower: the gradient of Netflix's concurrency-limits (what an unloaded
 * answer takes, by what it takes now) moves the limit, and as in Envoy's adaptive concurrency it is halved now and then for a moment,
 * so that what an unloaded answer takes is measured and not believed. Called for every round of 250 ms or more.
 */
export class GradientLimit {
  readonly #least: number
  readonly #most: number
  #exact: number
  #baseUs = 0
  #hasShrunk = false
  #untilProbe = roundsBefore
  #probeLeft = 0
  #probedUs = Infinity
  #inVain = 0

  constructor({ first, least, most }: { readonly first: number; readonly least: number; readonly most: number }) {
    this.#least = least
    this.#most = most
    this.#exact = Math.min(first, most)
  }

  /** Requests at once, from now until the next round. */
  get limit(): number {
    const exact = this.#probeLeft > 0 ? this.#exact / 2 : this.#exact
    return Math.max(this.#least, Math.floor(exact))
  }

  observe(round: Round): void {
    if (this.#probeLeft > 0) this.#probe(round)
    else if (round.isFull) this.#adjust(round)
    else this.#learn(round)
  }

  /** With room left what it takes is what it takes. */
  #learn({ meanUs }: Round): void {
    this.#baseUs = this.#baseUs === 0 ? meanUs : this.#baseUs * (1 - newestShare) + meanUs * newestShare
  }

  #adjust({ meanUs }: Round): void {
    if (this.#baseUs === 0) this.#baseUs = meanUs
    const gradient = Math.min(1, Math.max(0.5, (tolerance * this.#baseUs) / meanUs))
    if (gradient < 1) this.#hasShrunk = true
    const wanted = this.#exact * gradient + Math.sqrt(this.#exact) / 2
    const next = this.#hasShrunk ? this.#exact + (wanted - this.#exact) * step : this.#exact * firstGrowth
    this.#exact = Math.min(this.#most, Math.max(this.#least, next))
    this.#inVain = gradient < vainGradient ? this.#inVain + 1 : 0
    this.#untilProbe -= 1
    if (this.#untilProbe > 0 && this.#inVain < vainRounds) return
    this.#probeLeft = probeRounds
    this.#probedUs = Infinity
  }

  #probe({ meanUs }: Round): void {
    if (this.#probeLeft < probeRounds) this.#probedUs = Math.min(this.#probedUs, meanUs)
    this.#probeLeft -= 1
    if (this.#probeLeft > 0) return
    const isBelieved = this.#inVain >= vainRounds
    this.#baseUs = isBelieved ? this.#probedUs : Math.min(this.#probedUs, this.#baseUs * mostRise)
    this.#inVain = 0
    this.#untilProbe = roundsBetween
  }
}
