import type { Random } from '../kit/random.ts'
import type { Keeper, ProbePlan, ProbeResult } from '../outbound/probe.ts'
import type { ProbeConnection } from '../outbound/probe-connection.ts'
import type { EndpointSnapshot, PoolSnapshot } from '../snapshot/pool-snapshot.ts'

/** Whose check it is, and where what it finds is kept. */
export interface CheckOwner {
  readonly tenantId: number
  readonly pool: PoolSnapshot
  readonly endpoint: EndpointSnapshot
  readonly slot: number
}

/** What the checks of one endpoint have found so far. */
export interface Findings {
  readonly isUp: boolean
  /** When that was found; 0: it was taken for up when its first check had not been made yet. */
  readonly sinceMs: number
  readonly lastMs: number
  readonly last: ProbeResult | undefined
}

const unknown: Findings = { isUp: true, sinceMs: 0, lastMs: 0, last: undefined }

/** Most servers close a connection that lies idle for much longer. */
const longestKeptMs = 15_000

/** One endpoint's checks: when the next is due, and what those before it say together. */
export class HealthCheck implements Keeper {
  owner: CheckOwner
  readonly plan: ProbePlan
  dueUs: number
  findings: Findings = unknown
  kept: ProbeConnection | undefined = undefined
  /** There is room for one more connection that is kept. */
  hasRoom = false
  /** Results in a row that speak against what is held. */
  #against = 0
  readonly #random: Random

  /** The first check comes at some moment of the first interval: not all at once. */
  constructor(owner: CheckOwner, { nowUs, random }: { readonly nowUs: number; readonly random: Random }) {
    this.owner = owner
    this.plan = planOf(owner.pool)
    this.#random = random
    this.dueUs = nowUs + random.fraction() * owner.pool.healthIntervalMs * 1_000
  }

  get mayKeep(): boolean {
    return this.hasRoom && this.#intervalMs() <= longestKeptMs
  }

  /** Takes a result; true when the endpoint goes up or down by it. */
  take(result: ProbeResult, { nowUs, nowMs }: { readonly nowUs: number; readonly nowMs: number }): boolean {
    const { rise, fall } = this.owner.pool
    const { isUp, sinceMs } = this.findings
    this.#against = result.isHealthy === isUp ? 0 : this.#against + 1
    const hasTurned = this.#against >= (isUp ? fall : rise)
    if (hasTurned) this.#against = 0
    this.findings = {
      isUp: hasTurned ? !isUp : isUp,
      sinceMs: hasTurned ? nowMs : sinceMs,
      lastMs: nowMs,
      last: result,
    }
    this.dueUs = nowUs + this.#intervalMs() * 1_000 * (0.9 + 0.2 * this.#random.fraction())
    return hasTurned
  }

  /** It may not be made: nothing is known of the endpoint, which is taken for up. */
  waive(nowUs: number): void {
    this.#against = 0
    this.findings = unknown
    this.dueUs = nowUs + this.#intervalMs() * 1_000
  }

  /** It is made no more. */
  close(): void {
    this.kept?.close()
  }

  /** Whether a changed pool is checked as it was: then what was found still holds. */
  isLike(owner: CheckOwner): boolean {
    return (
      owner.endpoint.url === this.owner.endpoint.url && JSON.stringify(planOf(owner.pool)) === JSON.stringify(this.plan)
    )
  }

  #intervalMs(): number {
    const { healthIntervalMs, healthDownIntervalMs = healthIntervalMs } = this.owner.pool
    return this.findings.isUp ? healthIntervalMs : healthDownIntervalMs
  }
}

/** What a pool's checks ask and expect; for one that has none, a connection. */
export function planOf(pool: PoolSnapshot): ProbePlan {
  return {
    kind: pool.health === 'off' ? 'tcp' : pool.health,
    timeoutMs: pool.healthTimeoutMs,
    method: pool.healthMethod,
    path: pool.healthPath,
    host: pool.healthHost,
    statuses: pool.healthStatuses,
    headers: pool.healthHeaders,
    body: pool.healthBody,
    json: pool.healthJson,
    command: pool.healthCommand ?? '',
  }
}
