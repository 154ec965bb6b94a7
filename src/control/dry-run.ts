import { closeSync, openSync } from 'node:fs'
import { hashKey } from '../auth/key.ts'
import type { Clock } from '../kit/clock.ts'
import { applyChange } from '../proxy/apply-change.ts'
import { closeExchange } from '../proxy/close.ts'
import { ConnectionLease } from '../proxy/connection-lease.ts'
import { createThreadState } from '../proxy/create-thread-state.ts'
import { Exchange } from '../proxy/exchange.ts'
import type { Front } from '../proxy/front.ts'
import { admit } from '../proxy/pipeline.ts'
import { noEndpoint, takePlace } from '../proxy/places.ts'
import { rejectionOfParseError, rejections } from '../proxy/rejections.ts'
import type { Rejection } from '../proxy/rejections.ts'
import { ruleOf } from '../proxy/rule-of.ts'
import { takeServerPlace } from '../proxy/server-places.ts'
import type { ThreadState } from '../proxy/thread-state.ts'
import { traceStep } from '../proxy/trace.ts'
import type { Step } from '../proxy/trace.ts'
import { notCounted } from '../slab/address-counts.ts'
import type { Slab } from '../slab/slab.ts'
import { openTenant, sealTenant } from '../snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { PlacedTenant } from '../snapshot/tenant-snapshot.ts'
import { isParseError } from '../wire/http1/parse-error.ts'
import { parseRequestHead } from '../wire/http1/parse-request-head.ts'

/** A request as somebody might send it. */
export interface DryRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  /** Field lines beside Host: `Accept: text/plain`. */
  readonly fields: readonly string[]
  /** Of the client's connection. */
  readonly peer: string
  /** A key of the tenant, whose secret nobody knows any more. */
  readonly keyId?: number | undefined
}

/** What would come of it. */
export interface DryVerdict {
  /** Null: it goes to an endpoint, which answers. */
  readonly status: number | null
  readonly code: string | null
  /** `KIND:NAME` of what refuses; null when nothing does. */
  readonly rule: string | null
  readonly steps: readonly Step[]
}

/** What quotas of bytes are charged with when it is over. */
interface Use {
  readonly bytesIn: number
  readonly bytesOut: number
}

const nothingUsed: Use = { bytesIn: 0, bytesOut: 0 }

/** As the key of a dry request is sent: no key that was ever made is such a one. */
const dryKey = (keyId: number) => `mtlb_dry-run-${keyId}`

/**
 * Decides about requests with the code that serves, in memory of its own: nothing is sent, charged to anybody or written down. Over a copy
 * of the slab of a server it decides as that server would now.
 */
export class DryRun {
  readonly #thread: ThreadState
  readonly #nowhere = openSync('/dev/null', 'r+')
  #change = 0

  constructor({
    slab,
    global,
    clock,
  }: {
    readonly slab: Slab
    readonly global: GlobalSnapshot
    readonly clock: Clock
  }) {
    const data = { slab: slab.shared, thread: 0, quotaFile: this.#nowhere }
    this.#thread = createThreadState(data, { clock, tell: () => {}, suspect: () => {} })
    this.#apply({ global, tenants: [] })
  }

  /** Takes tenants in; one that is there is replaced. */
  addTenants(tenants: readonly PlacedTenant[]): void {
    this.#apply({ global: undefined, tenants })
  }

  /** Id of the tenant that has the host, as a request may name it; undefined: nobody has. */
  findOwnerId(host: string): number | undefined {
    return this.#thread.tenants.find(host.toLowerCase().replace(/:\d*$/, ''))?.id
  }

  /** What would come of a request, which is over at once. */
  decide(request: DryRequest): DryVerdict {
    const begun = this.begin(request)
    begun.end()
    return begun.verdict
  }

  /** The same for one that stays under way until it is ended. */
  begin(request: DryRequest): { readonly verdict: DryVerdict; readonly end: (use?: Use) => void } {
    const thread = this.#thread
    const bytes = Buffer.from(renderHead(request), 'latin1')
    const head = parseRequestHead(bytes, 0, bytes.length, thread.global.underscoreNames)
    if (head === undefined || isParseError(head)) {
      const { status, code, detail } = head === undefined ? rejections.badRequest : rejectionOfParseError(head)
      const steps = [{ phase: 'parse', verdict: 'refuse', detail: `${detail}; ${code} by http` } as const]
      return { verdict: { status, code, rule: 'http', steps }, end: () => {} }
    }
    const lease = new ConnectionLease(thread, request.peer, notCounted)
    const exchange = new Exchange(thread, createFront(lease), head)
    exchange.trace = []
    const rejection = admit(exchange) ?? place(exchange)
    const verdict = judge(exchange, rejection)
    exchange.isRejected = rejection !== undefined && !rejection.isFault
    exchange.code = rejection?.code ?? ''
    exchange.status = rejection?.status ?? 200
    const end = ({ bytesIn, bytesOut }: Use = nothingUsed) => {
      exchange.attempts = rejection === undefined ? 1 : 0
      exchange.bytesIn = bytesIn
      exchange.bytesOut = bytesOut
      closeExchange(exchange)
      lease.release()
    }
    return { verdict, end }
  }

  close(): void {
    closeSync(this.#nowhere)
  }

  #apply({ global, tenants }: { global: GlobalSnapshot | undefined; tenants: readonly PlacedTenant[] }): void {
    this.#change += 1
    applyChange(this.#thread, { kind: 'apply', change: this.#change, global, tenants, removedTenantIds: [] })
  }
}

/** The tenant with its keys opened by those of dry requests. */
export function openKeys(placed: PlacedTenant): PlacedTenant {
  const snapshot = openTenant(placed.sealed)
  const keys = snapshot.keys.map((key) => ({ ...key, hash: hashKey(dryKey(key.id)) }))
  return { ...placed, sealed: sealTenant({ ...snapshot, keys }) }
}

function renderHead({ method, host, path, fields, keyId }: DryRequest): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...fields]
  if (keyId !== undefined) lines.push(`X-Api-Key: ${dryKey(keyId)}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** As an attempt would begin: who may wait for its turn or for a place is not refused. */
function place(exchange: Exchange): Rejection | undefined {
  const { pool } = exchange.route!
  const queue = takeServerPlace(exchange)
  if (queue !== undefined) {
    if (queue.queue === 0) return rejections.serverFull
    note(exchange, 'server', { verdict: 'wait', detail: 'for a place of the server' })
    return undefined
  }
  const index = takePlace(exchange)
  if (index === noEndpoint) return rejections.noEndpoint
  if (index < 0) {
    if (pool.queue === 0) return rejections.poolFull
    note(exchange, 'pool', { verdict: 'wait', detail: `for a place in ${pool.snapshot.name}` })
    return undefined
  }
  exchange.endpoint = pool.endpoints[index]
  note(exchange, 'pool', { verdict: 'pass', detail: `${pool.snapshot.name}: ${exchange.endpoint.snapshot.url}` })
  return undefined
}

function note(exchange: Exchange, phase: string, { verdict, detail }: Omit<Step, 'phase'>): void {
  exchange.trace!.push({ phase, verdict, detail })
}

/** The last step is the one that refuses. */
function judge(exchange: Exchange, rejection: Rejection | undefined): DryVerdict {
  const steps = exchange.trace!
  if (exchange.delayUs > 0)
    note(exchange, 'limits', { verdict: 'wait', detail: `${Math.ceil(exchange.delayUs / 1_000)} ms` })
  if (rejection === undefined) return { status: null, code: null, rule: null, steps }
  const rule = ruleOf(exchange, rejection)
  if (steps.at(-1)?.verdict !== 'refuse') {
    traceStep(exchange, phaseOf(rule), rejection, rejection.detail.replace(/\.$/, ''))
  }
  const [last] = steps.slice(-1)
  const told = [...steps.slice(0, -1), { ...last, detail: `${last.detail}; ${rejection.code} by ${rule}` }]
  return { status: rejection.status, code: rejection.code, rule, steps: told }
}

function phaseOf(rule: string): string {
  return rule.split(':', 1)[0]
}

const never = () => {
  throw new Error('nothing is sent in a dry run')
}

/** A client that hears nothing. */
function createFront(lease: ConnectionLease): Front {
  return {
    peerAddress: lease.peerAddress,
    isTls: false,
    forwardedAuthority: '',
    forwardedFields: '',
    lease,
    resumeBody: () => {},
    writeInterim: never,
    startTunnel: never,
    startAnswer: never,
    writeAnswer: never,
    flushAnswer: never,
    endAnswer: never,
    refuse: never,
    abort: never,
    exchangeClosed: () => {},
  }
}
