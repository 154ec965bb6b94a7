import type { Quota } from '../kit/quota.ts'
import { quotaWords } from '../slab/layout.ts'
import { windowAt } from '../kit/window.ts'

/** What is used of the window that begins at `start`, and how much of it the disk knows of as good as used. */
const word = { used: 0, start: 1, granted: 2, grant: 3, grantedMs: 4 } as const

/** A quota as one thread sees it: with the window that it took it for last. */
export interface QuotaRuntime {
  readonly index: number
  /** `tenant/requests/month`: what clients and logs are told. */
  readonly name: string
  readonly unit: Quota['unit']
  /** Requests, bytes, or microseconds. */
  readonly amount: number
  readonly period: Quota['period']
  readonly timeZone: string
  /** Of its tenant, in `slab.limitLocks`: held by whoever calls anything below. */
  readonly lock: number
  startMs: number
  endMs: number
}

/** Where grants are written down so that no kill undoes them. */
export interface GrantWriter {
  write(index: number, startMs: number, granted: number): void
}

const aheadMs = 250

interface Charge {
  readonly units: number
  readonly nowMs: number
  readonly writer: GrantWriter
}

/** How much of the window under way is left; below zero where what ended later took more than there was. */
export function leftOfQuota(cells: Float64Array, quota: QuotaRuntime, nowMs: number): number {
  turnWindow(cells, quota, nowMs)
  return quota.amount - cells[quota.index * quotaWords + word.used]
}

/**
 * Charges the window under way. What may be used is written down before it is used, some ahead: after a kill use begins at what
 * was granted last, so that nothing can be spent twice. Ahead means as much as was used in a quarter of a second of late: so much is
 * lost at most, and a busy quota is written down some times a second. Returns nothing: who must not go beyond asks first.
 */
export function chargeQuota(cells: Float64Array, quota: QuotaRuntime, charge: Charge): void {
  turnWindow(cells, quota, charge.nowMs)
  const at = quota.index * quotaWords
  const used = cells[at + word.used] + charge.units
  if (used > cells[at + word.granted]) grant(cells, quota, charge)
  cells[at + word.used] = used
}

function grant(cells: Float64Array, { index, amount }: QuotaRuntime, { units, nowMs, writer }: Charge): void {
  const at = index * quotaWords
  const elapsedMs = Math.max(1, nowMs - cells[at + word.grantedMs])
  const last = cells[at + word.grant]
  const size = Math.max(units, Math.min(2 * last, Math.ceil((last * aheadMs) / elapsedMs)))
  const used = cells[at + word.used]
  const granted = Math.max(used + units, Math.min(used + size, amount))
  writer.write(index, cells[at + word.start], granted)
  cells[at + word.granted] = granted
  cells[at + word.grant] = size
  cells[at + word.grantedMs] = nowMs
}

/**
 * The first who comes in a new window begins it. Where the clock was set back into the window before, the one that had begun
 * goes on: what was used of it is not given again. One further ahead was begun by a clock that was wrong; it must not last until
 * then, and what was used counts here.
 */
function turnWindow(cells: Float64Array, quota: QuotaRuntime, nowMs: number): void {
  if (nowMs >= quota.endMs || nowMs < quota.startMs) Object.assign(quota, windowAt(quota.period, quota.timeZone, nowMs))
  const at = quota.index * quotaWords
  const start = cells[at + word.start]
  if (start >= quota.startMs && start <= quota.endMs) return
  if (start < quota.startMs) cells[at + word.used] = cells[at + word.granted] = 0
  cells[at + word.start] = quota.startMs
}

/** Until the window under way ends, in microseconds. */
export function quotaRestUs({ endMs }: QuotaRuntime, nowMs: number): number {
  return Math.max(0, endMs - nowMs) * 1_000
}

/** What was used of which window, for who looks without the lock: a moment later it may be more. */
export function readQuota(cells: Float64Array, index: number): { readonly startMs: number; readonly used: number } {
  const at = index * quotaWords
  return { startMs: cells[at + word.start], used: cells[at + word.used] }
}

/** Use begins where an earlier life of the server may have got to. */
export function restoreQuota(cells: Float64Array, index: number, balance: { startMs: number; granted: number }): void {
  const at = index * quotaWords
  cells[at + word.start] = balance.startMs
  cells[at + word.used] = cells[at + word.granted] = balance.granted
}
