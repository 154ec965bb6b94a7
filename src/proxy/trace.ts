import { leftInBucket } from '../limit/gcra.ts'
import { isEqualConstantTime } from '../kit/digest.ts'
import { inFlight } from '../slab/gauges.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import type { Exchange } from './exchange.ts'
import type { Rejection } from './rejections.ts'

/** What one phase of an exchange has decided, and by what. */
export interface Step {
  /** `limits`, `ip-rules`: the phase. */
  readonly phase: string
  /** `pass`, `refuse` or `wait`. */
  readonly verdict: 'pass' | 'refuse' | 'wait'
  /** Rule, level and numbers, for people. */
  readonly detail: string
}

/** Of the phases of a route, as the exchange stands right after each; what a phase does not use is not told. */
const details: Readonly<Record<string, (exchange: Exchange) => string>> = {
  'ip-rules': ({ clientAddress }) => `client ${clientAddress}`,
  authenticate: ({ key, route }) => (key === undefined ? `route ${route!.name} wants a key` : `key id ${key.id}`),
  limits: describeLimits,
  'max-body': ({ head, maxBytesIn, bytesIn }) =>
    `${describeLength(head.contentLength)} of ${maxBytesIn - bytesIn} bytes at most`,
  breakers: ({ retryAfterSeconds }) =>
    retryAfterSeconds > 0 ? `open for ${retryAfterSeconds} s more at most` : 'closed',
  sticky: ({ pinned, route }) =>
    pinned === -1 ? 'not pinned' : `pinned to ${route!.pool.endpoints[pinned].snapshot.url}`,
  hash: ({ hash }) => `hash ${hash}`,
}

/** Whether its record is to tell what each phase decided: it has the operator's token, or was drawn. */
export function isTraced({ head, thread: { global } }: Exchange): boolean {
  const token = head.valueOf(fieldId.xMtlbTrace)
  if (token !== undefined && global.traceToken !== '' && isEqualConstantTime(token, global.traceToken)) return true
  return global.traceSamplePercent > 0 && Math.random() * 100 < global.traceSamplePercent
}

/** As a record has them: one line each, phase, verdict and detail. */
export function renderSteps(steps: readonly Step[]): string {
  const lines = steps.map(({ phase, verdict, detail }) => `${phase} ${verdict} ${detail}`)
  // The record sets its parts apart by these.
  return lines.join('\n').replaceAll('|', '/')
}

/** For an exchange that is traced. */
export function traceStep(exchange: Exchange, phase: string, rejection?: Rejection, detail?: string): void {
  const told = detail ?? details[phase]?.(exchange) ?? ''
  const shadows = phase === 'limits' && exchange.shadowed !== '' ? `; shadowed by ${exchange.shadowed}` : ''
  exchange.trace!.push({ phase, verdict: rejection === undefined ? 'pass' : 'refuse', detail: told + shadows })
}

function describeLimits(exchange: Exchange): string {
  const { thread, route, keyId, tenant, limitCells, limitTicks } = exchange
  const { slab } = thread
  const set = tenant!.keyLimits.has(keyId) ? (route!.limitsOfKeys.get(keyId) ?? route!.limits) : route!.limits
  const told = set.limits.map(({ target, value, bucket, concurrency, slot }, index) => {
    const cells = value === undefined ? slab.limits : slab.keyedTimes
    const left =
      bucket === undefined ? '' : ` ${leftInBucket(cells, limitCells[index], bucket, limitTicks)} left behind it`
    const held = concurrency === 0 ? '' : ` ${inFlight(slab, slot)} of ${concurrency} under way`
    return `${target}${left}${held}`
  })
  return told.length === 0 ? 'none' : told.join(', ')
}

function describeLength(contentLength: number): string {
  return contentLength < 0 ? 'unknown length' : `${contentLength}`
}
