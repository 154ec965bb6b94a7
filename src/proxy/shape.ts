import { ticksAt } from '../limit/gcra.ts'
import { passBytes, readBacklog } from '../limit/shaper.ts'
import type { Exchange } from './exchange.ts'
import type { LimitRuntime } from './limits.ts'

/** Of the two cells of a limit. */
export const direction = { up: 0, down: 1 } as const

export type Direction = (typeof direction)[keyof typeof direction]

/** For how long a request waits because others have taken more than there is: so do small answers their turns. */
export function startBacklogUs(exchange: Exchange): number {
  if (exchange.shaped.length === 0) return 0
  return Math.max(backlogUs(exchange, direction.up), backlogUs(exchange, direction.down))
}

/** Part of the answer has gone out: the endpoint is not read before its turn comes again. */
export function shapeAnswer(exchange: Exchange): void {
  const waitUs = pass(exchange, direction.down, exchange.unshapedOut)
  exchange.unshapedOut = 0
  if (waitUs === 0 || exchange.isClosed) return
  exchange.stream?.pauseAnswer()
  exchange.downTimer = setTimeout(() => exchange.onDownTurn(), waitUs / 1_000)
}

/** Part of the request's body has gone on; false when its client is not read before its turn comes again. */
export function shapeRequest(exchange: Exchange): boolean {
  const waitUs = pass(exchange, direction.up, exchange.unshapedIn)
  exchange.unshapedIn = 0
  if (waitUs === 0) return true
  exchange.upTimer = setTimeout(() => exchange.onUpTurn(), waitUs / 1_000)
  return false
}

/** What has gone out last is charged, though nobody waits for it any more. */
export function settleShape(exchange: Exchange): void {
  clearTimeout(exchange.upTimer)
  clearTimeout(exchange.downTimer)
  pass(exchange, direction.up, exchange.unshapedIn)
  pass(exchange, direction.down, exchange.unshapedOut)
}

function pass(exchange: Exchange, way: Direction, bytes: number): number {
  if (bytes === 0) return 0
  const { slab, clock } = exchange.thread
  const now = ticksAt(clock.monotonicUs())
  return longest(exchange, ({ slot, shaper }) => passBytes(slab.bandwidths, slot * 2 + way, shaper!, { bytes, now }))
}

function backlogUs(exchange: Exchange, way: Direction): number {
  const { slab, clock } = exchange.thread
  const now = ticksAt(clock.monotonicUs())
  return longest(exchange, ({ slot, shaper }) => readBacklog(slab.bandwidths, slot * 2 + way, shaper!, now))
}

function longest({ shaped }: Exchange, waitOf: (limit: LimitRuntime) => number): number {
  let waitUs = 0
  for (const limit of shaped) waitUs = Math.max(waitUs, waitOf(limit))
  return waitUs
}
