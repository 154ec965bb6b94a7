import { readBucket, takeFromBucket, ticksAt, turnInBucket, waitForBucket } from '../limit/gcra.ts'
import { chargeQuota, leftOfQuota } from '../limit/quota.ts'
import type { QuotaRuntime } from '../limit/quota.ts'
import { inFlight, leave } from '../slab/gauges.ts'
import { findKeyedCell } from '../slab/keyed-cells.ts'
import { giveLock, takeLock } from '../slab/lock.ts'
import { enterBelow } from '../slab/places.ts'
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
  limitTicks: bigint
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
 * tenant's lock until all are charged. (Giving back instead what was charged in vain admits one too many where a bucket has filled
 * up meanwhile.) The global one, which others charge as well, is asked in between: when it refuses, nothing is charged yet. Those
 * that merely shadow come last: they refuse nobody, and are charged with what was admitted where they have room.
 */
export function takeLimits(exchange: Limited, set: LimitSet): Excess | undefined {
  const { limits, lock } = set
  const { slab, thread, globalLimit } = exchange.thread
  const cells = (exchange.limitCells = findCells(exchange, limits))
  exchange.limitTicks = ticksAt(exchange.openedUs)
  if (globalLimit === undefined && set.isAlone) return takeAll(exchange, limits, cells)
  takeLock(slab.limitLocks, lock, thread + 1)
  const excess =
    findExcess(exchange, limits, cells) ??
    (globalLimit && take(exchange, globalLimit, globalLimit.slot)) ??
    takeAll(exchange, limits, cells)
  giveLock(slab.limitLocks, lock)
  return excess
}

function takeAll(exchange: Limited, limits: readonly LimitRuntime[], cells: readonly number[]): Excess | undefined {
  for (let i = 0; i < limits.length; i++) {
    const excess = take(exchange, limits[i], cells[i])
    if (excess === undefined) continue
    if (!limits[i].isShadow) return excess
    exchange.shadowed += exchange.shadowed === '' ? excess.rule : `,${excess.rule}`
  }
  return undefined
}

/** By limit, where its bucket for this exchange lies in `bucketsOf(slab, limit)`. */
function findCells(exchange: Limited, limits: readonly LimitRuntime[]): readonly number[] {
  const { slab, thread } = exchange.thread
  const cells: number[] = []
  for (const { id, slot, value } of limits) {
    cells.push(value === undefined ? slot : findKeyedCell(slab, thread, id, value(exchange)))
  }
  return cells
}

/** The exchange is over: it is under way no more. What it has used of a rate stays used. */
export function leaveLimits(exchange: Limited): void {
  const { thread, heldLimits } = exchange
  if (heldLimits === undefined) return
  for (const { slot } of heldLimits) leave(thread.slab, thread.thread, slot)
  exchange.heldLimits = undefined
}

/** What is left of a rate or of a quota of requests. */
export interface Tightest {
  /** As policies name it. */
  readonly name: string
  readonly most: number
  readonly left: number
  /** Until all of it may be used again. */
  readonly fullInUs: number
}

/** The one with the least left: what a client had best go by. */
export function findTightest(exchange: Limited, limits: readonly LimitRuntime[]): Tightest | undefined {
  let tightest: Tightest | undefined
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i]
    if (limit.isShadow) continue
    if (limit.bucket !== undefined) tightest = tighter(tightest, levelOf(exchange, limit, exchange.limitCells[i]))
    for (const quota of limit.quotas) {
      if (quota.unit === 'requests') tightest = tighter(tightest, levelOfQuota(exchange, quota))
    }
  }
  return tightest
}

function tighter(a: Tightest | undefined, b: Tightest): Tightest {
  return a === undefined || b.left < a.left ? b : a
}

function levelOf({ thread, limitTicks }: Limited, limit: LimitRuntime, cell: number): Tightest {
  const { left, fullInUs } = readBucket(bucketsOf(thread.slab, limit), cell, limit.bucket!, limitTicks)
  return { name: limit.target, most: limit.burst, left, fullInUs }
}

function levelOfQuota(exchange: Limited, quota: QuotaRuntime): Tightest {
  const { slab, thread } = exchange.thread
  takeLock(slab.limitLocks, quota.lock, thread + 1)
  const left = Math.max(0, leftOfQuota(slab.quotas, quota, exchange.timeMs))
  giveLock(slab.limitLocks, quota.lock)
  return { name: quota.name, most: quota.amount, left, fullInUs: restOfWindowUs(exchange, quota) }
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

function bucketsOf(slab: Slab, { value }: LimitRuntime): BigInt64Array {
  return value === undefined ? slab.limits : slab.keyedTimes
}

/** Of those that are exceeded the one that says to wait longest. */
function findExcess(exchange: Limited, limits: readonly LimitRuntime[], cells: readonly number[]): Excess | undefined {
  let worst: Excess | undefined
  for (let i = 0; i < limits.length; i++) {
    if (limits[i].isShadow) continue
    const excess = look(exchange, limits[i], cells[i])
    if (excess !== undefined && (worst === undefined || excess.waitUs > worst.waitUs)) worst = excess
  }
  return worst
}

function look(exchange: Limited, limit: LimitRuntime, cell: number): Excess | undefined {
  const { slot, concurrency, target } = limit
  const { thread, limitTicks } = exchange
  const used = findUsedUp(exchange, limit)
  if (used !== undefined) return used
  const bucket = limit.queue ?? limit.bucket
  if (concurrency > 0 && inFlight(thread.slab, slot) >= concurrency) return fullOf(limit)
  if (bucket === undefined) return undefined
  const waitUs = waitForBucket(bucketsOf(thread.slab, limit), cell, bucket, limitTicks)
  return waitUs === 0 ? undefined : { limit, unit: 'rate', rule: target, waitUs }
}

/** Of its quotas the one that is used up for longest. */
function findUsedUp(exchange: Limited, limit: LimitRuntime): Excess | undefined {
  let worst: Excess | undefined
  for (const quota of limit.quotas) {
    if (leftOfQuota(exchange.thread.slab.quotas, quota, exchange.timeMs) > 0) continue
    const waitUs = restOfWindowUs(exchange, quota)
    if (worst === undefined || waitUs > worst.waitUs) worst = { limit, unit: 'quota', rule: quota.name, waitUs }
  }
  return worst
}

function restOfWindowUs({ timeMs }: Limited, { endMs }: QuotaRuntime): number {
  return Math.max(0, endMs - timeMs) * 1_000
}

function fullOf(limit: LimitRuntime): Excess {
  return { limit, unit: 'concurrency', rule: limit.target, waitUs: 0 }
}

/** The place first: it is given back without anybody having seen less of a rate. */
function take(exchange: Limited, limit: LimitRuntime, cell: number): Excess | undefined {
  const { slot, queue, concurrency, quotas } = limit
  const { slab, thread } = exchange.thread
  const used = findUsedUp(exchange, limit)
  if (used !== undefined) return used
  const bucket = queue ?? limit.bucket
  const delayUs = queue === undefined ? 0 : delayOf(exchange, limit, cell)
  if (concurrency > 0 && !enterBelow(slab, thread, slot, concurrency)) return fullOf(limit)
  const waitUs = bucket === undefined ? 0 : takeFromBucket(bucketsOf(slab, limit), cell, bucket, exchange.limitTicks)
  if (waitUs > 0) {
    if (concurrency > 0) leave(slab, thread, slot)
    return { limit, unit: 'rate', rule: limit.target, waitUs }
  }
  if (concurrency > 0) (exchange.heldLimits ??= []).push(limit)
  if (delayUs > exchange.delayUs) exchange.delayUs = delayUs
  for (const quota of quotas) charge(exchange, quota)
  return undefined
}

/** Quotas are looked at and charged under the tenant's lock, so that none is gone by now. */
function charge(exchange: Limited, quota: QuotaRuntime): void {
  if (quota.unit !== 'requests') {
    ;(exchange.meteredBy ??= []).push(quota)
    return
  }
  const { slab, grants } = exchange.thread
  chargeQuota(slab.quotas, quota, { units: 1, nowMs: exchange.timeMs, writer: grants })
}

/** Asked before the charge, under the tenant's lock. */
function delayOf({ thread, limitTicks }: Limited, limit: LimitRuntime, cell: number): number {
  return turnInBucket(bucketsOf(thread.slab, limit), cell, limit.bucket!, limitTicks)
}
