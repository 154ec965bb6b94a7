import { chargeBucket, ticksAt, turnInBucket, waitForBucket } from '../limit/gcra.ts'
import { chargeQuota, leftOfQuota, quotaRestUs } from '../limit/quota.ts'
import type { QuotaRuntime } from '../limit/quota.ts'
import { enter, inFlight, leave } from '../slab/gauges.ts'
import { findKeyedCell } from '../slab/keyed-cells.ts'
import { globalLimitLock } from '../slab/limit-locks.ts'
import { giveLock, takeLock } from '../slab/lock.ts'
import type { Slab } from '../slab/slab.ts'
import type { LimitRuntime, LimitSet } from './limit-runtime.ts'
import type { LimitedRequest } from './limit-value.ts'
import type { ThreadState } from './thread-state.ts'

/** What is limited: an exchange. */
export interface Limited extends LimitedRequest {
  readonly thread: Pick<ThreadState, 'slab' | 'thread' | 'globalLimit' | 'grants' | 'clock'>
  readonly openedUs: number
  readonly timeMs: number
  /** At whose places for what is under way it has one. */
  heldLimits: LimitRuntime[] | undefined
  /** What is charged when it is over. */
  meteredBy: QuotaRuntime[] | undefined
  /** Where its buckets lie, by limit, and what time it is for them. */
  limitCells: readonly number[]
  limitTicks: number
  /** How long it waits for its turn, though it is charged. */
  delayUs: number
  /** Targets of limits that merely shadow and would have refused it, joined by commas. */
  shadowed: string
}

/** Why a request may not go on. */
export interface Excess {
  readonly limit: LimitRuntime
  /** What is exceeded. */
  readonly unit: 'rate' | 'concurrency' | 'quota'
  /** What clients and logs are told: the limit's target, or the quota's name. */
  readonly rule: string
  /** Until it might be admitted; 0: nobody knows. */
  readonly waitUs: number
}

/**
 * Charges the exchange to all of them and to the global limit, or to none: whoever looks whether all have room holds their
 * tenant's lock, and the one of what all share, until all are charged. (Giving back instead what was charged in vain admits one too
 * many where a bucket has filled up meanwhile.) Those that merely shadow refuse nobody, and are charged with what was admitted
 * where they have room.
 */
export function takeLimits(exchange: Limited, set: LimitSet): Excess | undefined {
  const { slab, thread, globalLimit } = exchange.thread
  exchange.limitTicks = ticksAt(exchange.openedUs)
  exchange.limitCells = set.slots ?? findCells(exchange, set.limits)
  takeLock(slab.limitLocks, set.lock, thread + 1)
  const excess = globalLimit === undefined ? takeOfTenant(exchange, set) : takeWithGlobal(exchange, set, globalLimit)
  giveLock(slab.limitLocks, set.lock)
  return excess
}

function takeOfTenant(exchange: Limited, { limits }: LimitSet): Excess | undefined {
  const excess = findExcess(exchange, limits)
  if (excess === undefined) chargeAll(exchange, limits)
  return excess
}

function takeWithGlobal(exchange: Limited, { limits }: LimitSet, globalLimit: LimitRuntime): Excess | undefined {
  const { slab, thread } = exchange.thread
  takeLock(slab.limitLocks, globalLimitLock, thread + 1)
  const excess = findExcess(exchange, limits) ?? look(exchange, globalLimit, globalLimit.slot)
  if (excess === undefined) {
    charge(exchange, globalLimit, globalLimit.slot)
    chargeAll(exchange, limits)
  }
  giveLock(slab.limitLocks, globalLimitLock)
  return excess
}

/** By limit, where its bucket for this exchange lies in `bucketsOf(slab, limit)`. */
function findCells(exchange: Limited, limits: readonly LimitRuntime[]): readonly number[] {
  const { slab, thread } = exchange.thread
  const now = exchange.limitTicks
  return limits.map(({ id: owner, slot, value }) =>
    value === undefined ? slot : findKeyedCell(slab, thread, { owner, value: value(exchange), now }),
  )
}

/** Where the bucket of each value or of all lies. */
export function bucketsOf(slab: Slab, { value }: LimitRuntime): Float64Array {
  return value === undefined ? slab.limits : slab.keyedTimes
}

/** Of those that are exceeded the one that says to wait longest. */
function findExcess(exchange: Limited, limits: readonly LimitRuntime[]): Excess | undefined {
  let worst: Excess | undefined
  for (let i = 0; i < limits.length; i++) {
    if (limits[i].isShadow) continue
    const excess = look(exchange, limits[i], exchange.limitCells[i])
    if (excess !== undefined && (worst === undefined || excess.waitUs > worst.waitUs)) worst = excess
  }
  return worst
}

function look(exchange: Limited, limit: LimitRuntime, cell: number): Excess | undefined {
  const { slot, bucket, queue, concurrency, target, quotas } = limit
  const { slab } = exchange.thread
  const used = quotas.length === 0 ? undefined : findUsedUp(exchange, limit)
  if (used !== undefined) return used
  if (concurrency > 0 && inFlight(slab, slot) >= concurrency) {
    return { limit, unit: 'concurrency', rule: target, waitUs: 0 }
  }
  if (bucket === undefined) return undefined
  const waitUs = waitForBucket(bucketsOf(slab, limit), cell, queue ?? bucket, exchange.limitTicks)
  return waitUs === 0 ? undefined : { limit, unit: 'rate', rule: target, waitUs }
}

/** Of its quotas the one that is used up for longest. */
function findUsedUp({ thread, timeMs }: Limited, limit: LimitRuntime): Excess | undefined {
  let worst: Excess | undefined
  for (const quota of limit.quotas) {
    if (leftOfQuota(thread.slab.quotas, quota, timeMs) > 0) continue
    const waitUs = quotaRestUs(quota, timeMs)
    if (worst === undefined || waitUs > worst.waitUs) worst = { limit, unit: 'quota', rule: quota.name, waitUs }
  }
  return worst
}

function chargeAll(exchange: Limited, limits: readonly LimitRuntime[]): void {
  for (let i = 0; i < limits.length; i++) {
    const cell = exchange.limitCells[i]
    const excess = limits[i].isShadow ? look(exchange, limits[i], cell) : undefined
    if (excess === undefined) charge(exchange, limits[i], cell)
    else noteShadow(exchange, excess.rule)
  }
}

/** It would have been refused by that rule. */
export function noteShadow(exchange: Pick<Limited, 'shadowed'>, rule: string): void {
  exchange.shadowed += exchange.shadowed === '' ? rule : `,${rule}`
}

function charge(exchange: Limited, limit: LimitRuntime, cell: number): void {
  const { slot, bucket, queue, concurrency, quotas } = limit
  const { limitTicks, timeMs } = exchange
  const { slab, thread, grants } = exchange.thread
  if (concurrency > 0) {
    enter(slab, thread, slot)
    ;(exchange.heldLimits ??= []).push(limit)
  }
  if (bucket !== undefined) {
    const cells = bucketsOf(slab, limit)
    if (queue !== undefined) {
      exchange.delayUs = Math.max(exchange.delayUs, turnInBucket(cells, cell, bucket, limitTicks))
    }
    chargeBucket(cells, cell, bucket, limitTicks)
  }
  for (const quota of quotas) {
    if (quota.unit === 'requests') chargeQuota(slab.quotas, quota, { units: 1, nowMs: timeMs, writer: grants })
    else (exchange.meteredBy ??= []).push(quota)
  }
}

/** The exchange is over: it is under way no more. What it has used of a rate stays used. */
export function leaveLimits(exchange: Limited): void {
  const { thread, heldLimits } = exchange
  if (heldLimits === undefined) return
  for (const { slot } of heldLimits) leave(thread.slab, thread.thread, slot)
  exchange.heldLimits = undefined
}

/** Bytes and time at endpoints are known in the end. */
export function settleQuotas(
  exchange: Limited,
  use: { readonly bytes: number; readonly endpointTimeUs: number },
): void {
  const { meteredBy } = exchange
  if (meteredBy === undefined) return
  const { slab, thread, grants, clock } = exchange.thread
  const { lock } = meteredBy[0]
  const nowMs = clock.wallMs()
  takeLock(slab.limitLocks, lock, thread + 1)
  for (const quota of meteredBy) {
    const units = quota.unit === 'bytes' ? use.bytes : use.endpointTimeUs
    if (units > 0) chargeQuota(slab.quotas, quota, { units, nowMs, writer: grants })
  }
  giveLock(slab.limitLocks, lock)
}
