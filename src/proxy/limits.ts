import {
  createBucket,
  readBucket,
  takeFromBucket,
  ticksAt,
  turnInBucket,
  waitForBucket,
  withQueue,
} from '../limit/gcra.ts'
import type { Bucket } from '../limit/gcra.ts'
import { createShaper } from '../limit/shaper.ts'
import type { Shaper } from '../limit/shaper.ts'
import { inFlight, leave } from '../slab/gauges.ts'
import { findKeyedCell } from '../slab/keyed-cells.ts'
import { giveLock, takeLock } from '../slab/lock.ts'
import { enterBelow } from '../slab/places.ts'
import type { Slab } from '../slab/slab.ts'
import type { LimitSnapshot, RateSnapshot } from '../snapshot/tenant-snapshot.ts'
import { compileLimitValue } from './limit-value.ts'
import type { LimitedRequest, LimitValue } from './limit-value.ts'
import type { ThreadState } from './thread-state.ts'

/** A limit with its cells, which all data threads share. */
export interface LimitRuntime {
  readonly id: number
  readonly target: string
  readonly slot: number
  /** Each of these values has a bucket of its own; undefined: all share the one of the slot. */
  readonly value: LimitValue | undefined
  /** Undefined: any rate. */
  readonly bucket: Bucket | undefined
  /** The same with room for those that wait; undefined: nobody does. */
  readonly queue: Bucket | undefined
  /** 0: any number. */
  readonly concurrency: number
  /** Undefined: any bandwidth. */
  readonly shaper: Shaper | undefined
  readonly isShadow: boolean
  /** Requests that it admits at once when nothing was used. */
  readonly burst: number
  /** `"tenant";q=200;w=2`, empty where clients are not told. */
  readonly policy: string
}

/** What is limited: an exchange. */
export interface Limited extends LimitedRequest {
  readonly thread: Pick<ThreadState, 'slab' | 'thread' | 'globalLimit'>
  readonly openedUs: number
  /** At whose places for what is under way it has one. */
  heldLimits: LimitRuntime[] | undefined
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
  readonly unit: 'rate' | 'concurrency'
  /** Until it might be admitted; 0: nobody knows. */
  readonly waitUs: number
}

export function buildLimit(snapshot: LimitSnapshot, slot: number): LimitRuntime {
  const { id, target, per, rate, concurrency, bandwidth, isShadow, maxWaitMs } = snapshot
  const bucket = rate && createBucket(rate)
  return {
    id,
    target,
    slot,
    value: per === undefined ? undefined : compileLimitValue(per),
    bucket,
    queue: bucket && maxWaitMs > 0 ? withQueue(bucket, maxWaitMs) : undefined,
    concurrency,
    // Nobody is slowed down to see what it would be like.
    shaper: bandwidth === 0 || isShadow ? undefined : createShaper(bandwidth),
    isShadow,
    burst: rate?.burst ?? 0,
    policy: rate === undefined || isShadow ? '' : renderPolicy(target, rate),
  }
}

/** draft-ietf-httpapi-ratelimit-headers-11, section 3: the burst, and how long it takes until all of it may be used again. */
function renderPolicy(target: string, { count, periodMs, burst }: RateSnapshot): string {
  return `"${target}";q=${burst};w=${Math.max(1, Math.ceil((burst * periodMs) / count / 1_000))}`
}

/** Those of its tenant that a request must be admitted by, and how they are charged as one. */
export interface LimitSet {
  readonly limits: readonly LimitRuntime[]
  /** Those of them that bound bandwidth. */
  readonly shaped: readonly LimitRuntime[]
  /** What clients are told of them: a whole field line, or empty. */
  readonly policyField: string
  /** Of the tenant, in `slab.limitLocks`. */
  readonly lock: number
  /** The tenant has one limit at most. */
  readonly isAlone: boolean
}

/** Those that merely shadow last. */
export function createLimitSet(
  limits: readonly LimitRuntime[],
  { lock, isAlone }: Pick<LimitSet, 'lock' | 'isAlone'>,
): LimitSet {
  const policies = limits.map(({ policy }) => policy).filter((policy) => policy !== '')
  return {
    limits: limits.toSorted((a, b) => Number(a.isShadow) - Number(b.isShadow)),
    shaped: limits.filter(({ shaper }) => shaper !== undefined),
    policyField: policies.length === 0 ? '' : `RateLimit-Policy: ${policies.join(', ')}\r\n`,
    lock,
    isAlone,
  }
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
    exchange.shadowed += exchange.shadowed === '' ? limits[i].target : `,${limits[i].target}`
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

/** The limit with the least left: of all rates, what a client had best go by. */
export function findTightest(exchange: Limited, limits: readonly LimitRuntime[]) {
  const { thread, limitTicks, limitCells } = exchange
  let tightest: { readonly limit: LimitRuntime; readonly left: number; readonly fullInUs: number } | undefined
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i]
    if (limit.bucket === undefined || limit.isShadow) continue
    const { left, fullInUs } = readBucket(bucketsOf(thread.slab, limit), limitCells[i], limit.bucket, limitTicks)
    if (tightest === undefined || left < tightest.left) tightest = { limit, left, fullInUs }
  }
  return tightest
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

function look({ thread, limitTicks }: Limited, limit: LimitRuntime, cell: number): Excess | undefined {
  const { slot, concurrency } = limit
  const bucket = limit.queue ?? limit.bucket
  if (concurrency > 0 && inFlight(thread.slab, slot) >= concurrency) return { limit, unit: 'concurrency', waitUs: 0 }
  if (bucket === undefined) return undefined
  const waitUs = waitForBucket(bucketsOf(thread.slab, limit), cell, bucket, limitTicks)
  return waitUs === 0 ? undefined : { limit, unit: 'rate', waitUs }
}

/** The place first: it is given back without anybody having seen less of a rate. */
function take(exchange: Limited, limit: LimitRuntime, cell: number): Excess | undefined {
  const { slot, queue, concurrency } = limit
  const { slab, thread } = exchange.thread
  const bucket = queue ?? limit.bucket
  const delayUs = queue === undefined ? 0 : delayOf(exchange, limit, cell)
  if (concurrency > 0 && !enterBelow(slab, thread, slot, concurrency)) return { limit, unit: 'concurrency', waitUs: 0 }
  const waitUs = bucket === undefined ? 0 : takeFromBucket(bucketsOf(slab, limit), cell, bucket, exchange.limitTicks)
  if (waitUs > 0) {
    if (concurrency > 0) leave(slab, thread, slot)
    return { limit, unit: 'rate', waitUs }
  }
  if (concurrency > 0) (exchange.heldLimits ??= []).push(limit)
  if (delayUs > exchange.delayUs) exchange.delayUs = delayUs
  return undefined
}

/** Asked before the charge, under the tenant's lock. */
function delayOf({ thread, limitTicks }: Limited, limit: LimitRuntime, cell: number): number {
  return turnInBucket(bucketsOf(thread.slab, limit), cell, limit.bucket!, limitTicks)
}
