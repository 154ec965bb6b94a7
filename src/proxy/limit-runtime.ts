import { quotaKey } from '../kit/quota.ts'
import { createBucket, withQueue } from '../limit/gcra.ts'
import type { Bucket } from '../limit/gcra.ts'
import type { QuotaRuntime } from '../limit/quota.ts'
import { createShaper } from '../limit/shaper.ts'
import type { Shaper } from '../limit/shaper.ts'
import type { LimitSnapshot, QuotaSnapshot, RateSnapshot } from '../snapshot/tenant-snapshot.ts'
import { compileLimitValue } from './limit-value.ts'
import type { LimitValue } from './limit-value.ts'

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
  /** The same of each client's connection. */
  readonly connectionShaper: Shaper | undefined
  readonly quotas: readonly QuotaRuntime[]
  /** Of a request's body; Infinity: any. */
  readonly maxBodyBytes: number
  readonly isShadow: boolean
  /** Requests that it admits at once when nothing was used. */
  readonly burst: number
  /** `"tenant";q=200;w=2`, empty where clients are not told. */
  readonly policy: string
}

/** Where a limit lies in the slab. */
export interface LimitCells {
  readonly slot: number
  /** By quota. */
  readonly quotas?: readonly number[] | undefined
  /** Of its tenant, in `slab.limitLocks`. */
  readonly lock: number
}

export function buildLimit(snapshot: LimitSnapshot, { slot, quotas: places = [], lock }: LimitCells): LimitRuntime {
  const {
    id,
    target,
    per,
    rate,
    concurrency,
    bandwidth,
    connectionBandwidth,
    isShadow,
    maxWaitMs,
    quotas,
    maxBodyBytes,
  } = snapshot
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
    connectionShaper: connectionBandwidth === 0 || isShadow ? undefined : createShaper(connectionBandwidth),
    quotas: quotas.map((quota, index) => buildQuota(quota, { target, index: places[index], lock })),
    maxBodyBytes: maxBodyBytes ?? Infinity,
    isShadow,
    burst: rate?.burst ?? 0,
    policy: isShadow ? '' : renderPolicies(target, rate, quotas),
  }
}

type QuotaCells = Pick<QuotaRuntime, 'index' | 'lock'> & { readonly target: string }

function buildQuota(quota: QuotaSnapshot, { target, index, lock }: QuotaCells): QuotaRuntime {
  const { unit, amount, period, timeZone } = quota
  return {
    index,
    name: quotaName(target, quota),
    unit,
    amount: unit === 'endpoint-time' ? amount * 1_000 : amount,
    period,
    timeZone,
    lock,
    startMs: 0,
    endMs: 0,
  }
}

function quotaName(target: string, quota: QuotaSnapshot): string {
  return `${target}/${quotaKey(quota)}`
}

function renderPolicies(target: string, rate: RateSnapshot | undefined, quotas: readonly QuotaSnapshot[]): string {
  const policies = quotas.filter(({ unit }) => unit === 'requests').map((quota) => renderQuotaPolicy(target, quota))
  if (rate !== undefined) policies.unshift(renderRatePolicy(target, rate))
  return policies.join(', ')
}

/** draft-ietf-httpapi-ratelimit-headers-11, section 3: the burst, and how long it takes until all of it may be used again. */
function renderRatePolicy(target: string, { count, periodMs, burst }: RateSnapshot): string {
  return `"${target}";q=${burst};w=${Math.max(1, Math.ceil((burst * periodMs) / count / 1_000))}`
}

/** A calendar's windows are not all of one length: nothing is said of it. */
function renderQuotaPolicy(target: string, quota: QuotaSnapshot): string {
  const { amount, period } = quota
  const window = typeof period === 'number' ? `;w=${Math.ceil(period / 1_000)}` : ''
  return `"${quotaName(target, quota)}";q=${amount}${window}`
}

/** Those of its tenant that a request must be admitted by, and how they are charged as one. */
export interface LimitSet {
  readonly limits: readonly LimitRuntime[]
  /** Those of them that bound bandwidth. */
  readonly shaped: readonly LimitRuntime[]
  /** The strictest of what they allow a client's connection. */
  readonly connectionShaper: Shaper | undefined
  /** Those of them that bound bodies. */
  readonly bodied: readonly LimitRuntime[]
  /** Whether any bandwidth is bounded. */
  readonly isShaped: boolean
  /** What clients are told of them: a whole field line, or empty. */
  readonly policyField: string
  /** By limit, its slot: where its bucket lies. Undefined where some have a bucket for each of many values. */
  readonly slots: readonly number[] | undefined
  /** Of the tenant, in `slab.limitLocks`. */
  readonly lock: number
}

/** Those that merely shadow last. */
export function createLimitSet(given: readonly LimitRuntime[], lock: number): LimitSet {
  const limits = given.toSorted((a, b) => Number(a.isShadow) - Number(b.isShadow))
  const shaped = limits.filter(({ shaper }) => shaper !== undefined)
  const connectionShaper = limits
    .map((limit) => limit.connectionShaper)
    .filter((shaper) => shaper !== undefined)
    .toSorted((a, b) => b.ticksPerByte - a.ticksPerByte)
    .at(0)
  const policies = given.map(({ policy }) => policy).filter((policy) => policy !== '')
  return {
    limits,
    shaped,
    connectionShaper,
    bodied: limits.filter((limit) => limit.maxBodyBytes < Infinity),
    isShaped: shaped.length > 0 || connectionShaper !== undefined,
    policyField: policies.length === 0 ? '' : `RateLimit-Policy: ${policies.join(', ')}\r\n`,
    slots: limits.every(({ value }) => value === undefined) ? limits.map(({ slot }) => slot) : undefined,
    lock,
  }
}
