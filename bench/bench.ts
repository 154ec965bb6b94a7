import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Competitor, RunningCompetitor } from './competitor.ts'
import { startOrigin } from './origin.ts'
import type { DescribedCompetitor } from './report.ts'
import { acme, tight } from './tenants.ts'
import type { Tenant } from './tenants.ts'
import { findMissing } from './tools.ts'
import { verify } from './verify.ts'

export interface BenchPlan {
  readonly folder: string
  readonly rounds: number
  readonly seconds: number
  readonly competitors: readonly Competitor[]
}

/** A competitor that runs, under the name that its figures get. */
export interface Contender {
  readonly name: string
  readonly competitor: Competitor
  readonly running: RunningCompetitor
}

/** What the trials of one run share: an origin, competitors that stand ready, and what went wrong so far. */
export class Bench {
  readonly rounds: number
  readonly seconds: number
  readonly competitors: readonly Competitor[]
  readonly failures: string[] = []
  readonly #folder: string
  #folders = 0
  #originPort: Promise<number> | undefined
  #contenders: Promise<readonly Contender[]> | undefined

  constructor({ folder, rounds, seconds, competitors }: BenchPlan) {
    this.rounds = rounds
    this.seconds = seconds
    this.competitors = competitors
    this.#folder = folder
  }

  /** All that can run and do what they are timed for; started when the first trial asks for them. */
  contenders(): Promise<readonly Contender[]> {
    return (this.#contenders ??= this.#startAll())
  }

  originPort(): Promise<number> {
    return (this.#originPort ??= startOrigin(this.createFolder('origin')))
  }

  /** Undefined when it does not start: that is said, and the others go on. */
  async start(
    competitor: Competitor,
    tenants: readonly Tenant[],
    name = competitor.name,
  ): Promise<Contender | undefined> {
    try {
      const folder = this.createFolder(competitor.name)
      return { name, competitor, running: await competitor.start(folder, await this.originPort(), tenants) }
    } catch (error) {
      this.fail(`${name} is left out, since it does not start: ${String(error)}`)
      return undefined
    }
  }

  /** A folder of its own for whoever asks. */
  createFolder(name: string): string {
    this.#folders += 1
    const path = join(this.#folder, `${this.#folders}-${name}`)
    mkdirSync(path)
    return path
  }

  /** Something is missing in the results: it is said at once and again at the end. */
  fail(message: string): void {
    this.failures.push(message)
    console.error(`bench: FAILED: ${message}`)
  }

  /** Those that took part in anything. */
  described(): readonly DescribedCompetitor[] {
    return this.competitors
      .filter(({ needs }) => findMissing(needs) === undefined)
      .map((competitor) => ({ name: competitor.name, summary: competitor.summary, version: competitor.readVersion() }))
  }

  async #startAll(): Promise<readonly Contender[]> {
    const ready: Contender[] = []
    for (const competitor of this.competitors) {
      const contender = await this.#startVerified(competitor)
      if (contender !== undefined) ready.push(contender)
    }
    return ready
  }

  async #startVerified(competitor: Competitor): Promise<Contender | undefined> {
    const missing = findMissing(competitor.needs)
    if (missing !== undefined) this.fail(`${competitor.name} is left out: ${missing}`)
    const contender = missing === undefined ? await this.start(competitor, [tight, acme]) : undefined
    if (contender === undefined) return undefined
    try {
      await verify(competitor, contender.running)
      return contender
    } catch (error) {
      this.fail(`${competitor.name} is left out, since it ${error instanceof Error ? error.message : String(error)}`)
      await contender.running.stop()
      return undefined
    }
  }
}
