import { randomInt } from 'node:crypto'
import type { Clock } from '../kit/clock.ts'
import { Random } from '../kit/random.ts'
import { Course, probe } from '../outbound/probe.ts'
import type { ProbeResult } from '../outbound/probe.ts'
import { hinder, hindrance, unhinder } from '../slab/hindrances.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import type { Slab } from '../slab/slab.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'
import { HealthCheck } from './health-check.ts'
import type { CheckOwner } from './health-check.ts'
import { TenantKeys } from './tenant-keys.ts'

export interface HealthChecksParts {
  readonly slab: Slab
  readonly clock: Clock
  readonly tell: (event: PoolEvent) => void
  /** The setting `allow-exec`. */
  readonly mayExec: () => boolean
  /** Connections that may wait for their endpoint's next check. */
  readonly mostKept: number
}

/** How late a check may be; one look at 2,000 of them takes 100 µs. */
const lookMs = 25

/** Checks under way at once; what is due beyond that waits for one of them to end. */
const mostRunning = 256

/** Of them such as run a command. */
const mostCommands = 32

/** Checks the endpoints of pools that ask for it, and says in the slab who is unhealthy. */
export class HealthChecks implements TenantWatcher {
  readonly #parts: HealthChecksParts
  readonly #random = new Random(randomInt(2 ** 32))
  /** By endpoint id. */
  readonly #checks = new Map<number, HealthCheck>()
  readonly #ids = new TenantKeys()
  readonly #running = new Map<HealthCheck, Course>()
  #commands = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: HealthChecksParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), lookMs)
  }

  close(): void {
    clearInterval(this.#timer)
    for (const check of this.#checks.values()) check.close()
    this.#checks.clear()
    for (const course of this.#running.values()) course.end()
  }

  find(endpointId: number): HealthCheck | undefined {
    return this.#checks.get(endpointId)
  }

  /** The tenant has this configuration from now on. An endpoint that is checked as before keeps its standing. */
  update({ sealed, slots }: PlacedTenant, { pools }: TenantSnapshot): void {
    const owners = pools.flatMap((pool, poolIndex) =>
      pool.health === 'off'
        ? []
        : pool.endpoints
            .map((endpoint, index) => ({
              tenantId: sealed.id,
              pool,
              endpoint,
              slot: slots.endpoints[poolIndex][index],
            }))
            .filter(({ endpoint }) => endpoint.state !== 'disabled'),
    )
    const kept = new Set(owners.map(({ endpoint }) => endpoint.id))
    for (const id of this.#ids.replace(sealed.id, kept)) this.#drop(id)
    for (const owner of owners) this.#put(owner)
  }

  remove(tenantId: number): void {
    for (const id of this.#ids.remove(tenantId)) this.#drop(id)
  }

  #put(owner: CheckOwner): void {
    const before = this.#checks.get(owner.endpoint.id)
    if (before?.isLike(owner) === true) {
      before.owner = owner
      return
    }
    if (before !== undefined) this.#drop(owner.endpoint.id)
    const nowUs = this.#parts.clock.monotonicUs()
    this.#checks.set(owner.endpoint.id, new HealthCheck(owner, { nowUs, random: this.#random }))
  }

  /** Nobody checks it any more, so nothing is known against it. */
  #drop(endpointId: number): void {
    const check = this.#checks.get(endpointId)
    this.#checks.delete(endpointId)
    if (check === undefined) return
    check.close()
    unhinder(this.#parts.slab, check.owner.slot, hindrance.unhealthy, this.#parts.clock.monotonicUs())
  }

  #look(): void {
    const nowUs = this.#parts.clock.monotonicUs()
    const mayExec = this.#parts.mayExec()
    let held = this.#countHeld()
    for (const check of this.#checks.values()) {
      if (this.#running.size >= mostRunning) return
      if (check.dueUs > nowUs || this.#running.has(check)) continue
      const isCommand = check.plan.kind === 'exec'
      if (isCommand && this.#commands >= mostCommands) continue
      if (check.kept === undefined) {
        check.hasRoom = held < this.#parts.mostKept
        held += 1
      }
      this.#moveLast(check)
      if (isCommand && !mayExec) this.#waive(check, nowUs)
      else void this.#run(check)
    }
  }

  /** Connections that checks have, in use or kept. */
  #countHeld(): number {
    let held = this.#running.size
    for (const { kept } of this.#checks.values()) if (kept !== undefined) held += 1
    return held
  }

  /** What was found before the setting was turned off is held against nobody. */
  #waive(check: HealthCheck, nowUs: number): void {
    check.waive(nowUs)
    unhinder(this.#parts.slab, check.owner.slot, hindrance.unhealthy, nowUs)
  }

  /** Whoever has had its turn looks on from the end: where more are due than may run, everybody gets one. */
  #moveLast(check: HealthCheck): void {
    this.#checks.delete(check.owner.endpoint.id)
    this.#checks.set(check.owner.endpoint.id, check)
  }

  async #run(check: HealthCheck): Promise<void> {
    const course = new Course(this.#parts.clock, check)
    const weight = check.plan.kind === 'exec' ? 1 : 0
    this.#running.set(check, course)
    this.#commands += weight
    const result = await probe(check.owner.endpoint, check.plan, course)
    this.#commands -= weight
    this.#running.delete(check)
    // Its endpoint may be gone, or checked otherwise by now.
    if (this.#checks.get(check.owner.endpoint.id) === check) this.#judge(check, result)
    else check.close()
  }

  #judge(check: HealthCheck, result: ProbeResult): void {
    const { slab, clock, tell } = this.#parts
    const now = { nowUs: clock.monotonicUs(), nowMs: clock.wallMs() }
    if (!check.take(result, now)) return
    const { tenantId, pool, endpoint, slot } = check.owner
    const { isUp } = check.findings
    if (isUp) unhinder(slab, slot, hindrance.unhealthy, now.nowUs)
    else hinder(slab, slot, hindrance.unhealthy)
    const checks = isUp ? `${pool.rise} good` : `${pool.fall} failed`
    tell({
      timeMs: now.nowMs,
      kind: isUp ? 'endpoint_up' : 'endpoint_down',
      tenantId,
      poolId: pool.id,
      endpointId: endpoint.id,
      reason: `${checks} ${pool.health} checks in a row: ${result.reason}`,
    })
  }
}
