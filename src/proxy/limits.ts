import { createBucket, giveBackToBucket, readBucket, takeFromBucket, waitForBucket } from '../limit/gcra.ts'
import type { Bucket } from '../limit/gcra.ts'
import { inFlight, leave } from '../slab/gauges.ts'
import { enterBelow } from '../slab/places.ts'
import type { Slab } from '../slab/slab.ts'
import type { LimitSnapshot, RateSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { Exchange } from './exchange.ts'

/** A limit with its cells, which all data threads share. */
export interface LimitRuntime {
  readonly target: string
  readonly slot: number
  /** Undefined: any rate. */
  readonly bucket: Bucket | undefined
  /** 0: any number. */
  readonly concurrency: number
  readonly isShadow: boolean
  /** Requests that it admits at once when nothing was used. */
  readonly burst: number
  /** `"tenant";q=200;w=2`, empty where clients are not told. */
  readonly policy: string
}

/** Why a request may not go on. */
export interface Excess {
  readonly limit: LimitRuntime
  /** What is exceeded. */
  readonly unit: 'rate' | 'concurrency'
  /** Until it might be admitted; 0: nobody knows. */
  readonly waitUs: number
}

export function buildLimit({ target, rate, concurrency, isShadow }: LimitSnapshot, slot: number): LimitRuntime {
  return {
    target,
    slot,
    bucket: rate && createBucket(rate),
    concurrency,
    isShadow,
    burst: rate?.burst ?? 0,
    policy: rate === undefined || isShadow ? '' : renderPolicy(target, rate),
  }
}

/** draft-ietf-httpapi-ratelimit-headers-11, section 3: the burst, and how long it takes until all of it may be used again. */
function renderPolicy(target: string, { count, periodMs, burst }: RateSnapshot): string {
  return `"${target}";q=${burst};w=${Math.max(1, Math.ceil((burst * periodMs) / count / 1_000))}`
}

/**
 * Charges the exchange to all of them, or to none: all are looked at first, and whoever loses a race for the last place of
 * one gives back what it has taken of the others. Those that merely shadow come last: they refuse nobody, and are charged with
 * what was admitted where they have room.
 */
export function takeLimits(exchange: Exchange, limits: readonly LimitRuntime[]): Excess | undefined {
  if (limits.length > 1) {
    const excess = findExcess(exchange, limits)
    if (excess !== undefined) return excess
  }
  for (let i = 0; i < limits.length; i++) {
    const excess = take(exchange, limits[i])
    if (excess === undefined) continue
    if (!limits[i].isShadow) return giveBack(exchange, limits.slice(0, i), excess)
    exchange.shadowed += exchange.shadowed === '' ? limits[i].target : `,${limits[i].target}`
  }
  return undefined
}

/** The exchange is over: it is under way no more. What it has used of a rate stays used. */
export function leaveLimits(exchange: Exchange): void {
  const { thread, heldLimits } = exchange
  if (heldLimits === undefined) return
  for (const { slot } of heldLimits) leave(thread.slab, thread.thread, slot)
  exchange.heldLimits = undefined
}

/** Those that merely shadow last. */
export function orderLimits(limits: readonly LimitRuntime[]): readonly LimitRuntime[] {
  return limits.toSorted((a, b) => Number(a.isShadow) - Number(b.isShadow))
}

/** The limit with the least left: of all rates, what a client had best go by. */
export function findTightest(slab: Slab, limits: readonly LimitRuntime[], nowUs: number) {
  let tightest: { readonly limit: LimitRuntime; readonly left: number; readonly fullInUs: number } | undefined
  for (const limit of limits) {
    if (limit.bucket === undefined || limit.isShadow) continue
    const { left, fullInUs } = readBucket(slab.limits, limit.slot, limit.bucket, nowUs)
    if (tightest === undefined || left < tightest.left) tightest = { limit, left, fullInUs }
  }
  return tightest
}

/** Of those that are exceeded the one that says to wait longest. */
function findExcess(exchange: Exchange, limits: readonly LimitRuntime[]): Excess | undefined {
  let worst: Excess | undefined
  for (const limit of limits) {
    if (limit.isShadow) continue
    const excess = look(exchange, limit)
    if (excess !== undefined && (worst === undefined || excess.waitUs > worst.waitUs)) worst = excess
  }
  return worst
}

function look({ thread, openedUs }: Exchange, limit: LimitRuntime): Excess | undefined {
  const { slot, bucket, concurrency } = limit
  if (concurrency > 0 && inFlight(thread.slab, slot) >= concurrency) return { limit, unit: 'concurrency', waitUs: 0 }
  if (bucket === undefined) return undefined
  const waitUs = waitForBucket(thread.slab.limits, slot, bucket, openedUs)
  return waitUs === 0 ? undefined : { limit, unit: 'rate', waitUs }
}

/** The place first: it is given back without anybody having seen less of a rate. */
function take(exchange: Exchange, limit: LimitRuntime): Excess | undefined {
  const { slot, bucket, concurrency } = limit
  const { slab, thread } = exchange.thread
  if (concurrency > 0 && !enterBelow(slab, thread, slot, concurrency)) return { limit, unit: 'concurrency', waitUs: 0 }
  const waitUs = bucket === undefined ? 0 : takeFromBucket(slab.limits, slot, bucket, exchange.openedUs)
  if (waitUs > 0) {
    if (concurrency > 0) leave(slab, thread, slot)
    return { limit, unit: 'rate', waitUs }
  }
  if (concurrency > 0) (exchange.heldLimits ??= []).push(limit)
  return undefined
}

function giveBack(exchange: Exchange, taken: readonly LimitRuntime[], excess: Excess): Excess {
  const { slab } = exchange.thread
  for (const { slot, bucket } of taken) if (bucket !== undefined) giveBackToBucket(slab.limits, slot, bucket)
  leaveLimits(exchange)
  return excess
}
