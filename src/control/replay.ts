import type { Clock } from '../kit/clock.ts'
import { Heap } from '../kit/heap.ts'
import type { SealedTenant } from '../snapshot/sealed-tenant.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import { DryRun, openKeys } from './dry-run.ts'
import type { DryVerdict } from './dry-run.ts'
import { placeFresh } from './explain.ts'

/** A request of the past, as its record tells it. */
export interface PastRequest {
  readonly timeMs: number
  readonly tenant: string | null
  readonly method: string
  readonly host: string
  readonly path: string
  readonly client: string
  /** Name of the key that it brought. */
  readonly key: string | null
  readonly userAgent: string
  readonly bytesIn: number
  readonly bytesOut: number
  readonly durationMs: number
  /** It has reached an endpoint. */
  readonly wasServed: boolean
}

/** Time as it went by for those who were recorded. */
class ReplayClock implements Clock {
  nowMs = 0
  wallMs = () => this.nowMs
  // From some time on, since 0 means "never" here and there.
  monotonicUs = () => this.nowMs * 1_000
}

interface UnderWay {
  readonly endMs: number
  readonly end: (use: { readonly bytesIn: number; readonly bytesOut: number }) => void
  readonly bytesIn: number
  readonly bytesOut: number
}

/** What newest durations weigh in what a request takes that was refused then and is not now. */
const newestShare = 0.1

/**
 * Decides about requests of the past as if that configuration had been in force, on a server that had just started: each at its time,
 * under way for as long as it was then.
 */
export class Replay {
  readonly #clock = new ReplayClock()
  readonly #run: DryRun
  readonly #underWay = new Heap<UnderWay>()
  readonly #keyIds = new Map<string, number>()
  /** By tenant: what its requests take. */
  readonly #usualMs = new Map<string | null, number>()

  constructor({ sealed, global }: { readonly sealed: readonly SealedTenant[]; readonly global: GlobalSnapshot }) {
    const { slab, tenants } = placeFresh(sealed, this.#clock)
    // Records have the client's address, whoever has forwarded for it.
    this.#run = new DryRun({ slab, global: { ...global, trustedProxies: undefined }, clock: this.#clock })
    this.#run.addTenants(tenants.map(openKeys))
    for (const tenant of sealed) {
      for (const { id, name } of openTenant(tenant).keys) this.#keyIds.set(`${tenant.name}/${name}`, id)
    }
  }

  /** To be called in the order of time. */
  decide(past: PastRequest): DryVerdict {
    this.#endUntil(past.timeMs)
    this.#clock.nowMs = Math.max(this.#clock.nowMs, past.timeMs)
    const { method, host, path, client: peer, bytesIn, bytesOut } = past
    const fields = past.userAgent === '' ? [] : [`User-Agent: ${past.userAgent}`]
    const keyId = past.key === null ? undefined : this.#keyIds.get(`${past.tenant}/${past.key}`)
    const { verdict, end } = this.#run.begin({ method, host, path, fields, peer, keyId })
    if (verdict.status !== null) end()
    else {
      const endMs = past.timeMs + this.#durationOf(past)
      this.#underWay.add({ endMs, end, bytesIn, bytesOut }, endMs)
    }
    return verdict
  }

  close(): void {
    this.#endUntil(Infinity)
    this.#run.close()
  }

  #durationOf({ tenant, durationMs, wasServed }: PastRequest): number {
    const usual = this.#usualMs.get(tenant)
    if (!wasServed) return usual ?? 0
    this.#usualMs.set(tenant, usual === undefined ? durationMs : usual + (durationMs - usual) * newestShare)
    return durationMs
  }

  #endUntil(timeMs: number): void {
    for (;;) {
      const next = this.#underWay.peek()
      if (next === undefined || next.endMs > timeMs) return
      this.#underWay.take()
      this.#clock.nowMs = Math.max(this.#clock.nowMs, next.endMs)
      next.end(next)
    }
  }
}
