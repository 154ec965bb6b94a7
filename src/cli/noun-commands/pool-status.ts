import type { SourceStatus } from '../../control/discovery.ts'
import type { EndpointStatus, PoolStatus } from '../../control/pool-status.ts'
import type { ShareStatus } from '../../control/sharers.ts'
import type { Command } from '../command.ts'
import { createColumn } from '../print/column.ts'
import { jsonObject } from '../print/print.ts'
import { renderTime } from '../../kit/time.ts'
import { renderDuration } from '../../kit/units.ts'
import { readConfiguration } from '../change.ts'
import { addressFlags, addressOperands, readAddress } from './address.ts'
import type { Noun } from './noun.ts'
import { getRow } from './rows.ts'

/** `mtlb pool status acme/web`: how each endpoint stands, as the running server knows it. */
export function createPoolStatusCommand(noun: Noun): Command {
  return {
    words: ['pool', 'status'],
    summary: 'Show how each endpoint of a pool stands: state, reason, load, last check.',
    details: 'Ends with 7 when no server runs on the data folder.',
    operands: addressOperands(noun),
    flags: addressFlags(noun),
    examples: noun.examples?.status ?? [],
    run: async (call) => {
      const [tenant, pool] = await readAddress(noun, call)
      await readConfiguration(call, (store) => getRow(store, noun.entity, [tenant, pool]))
      const { createNotInForce, readPool } = await import('../../control/control-client.ts')
      const status = await readPool(call.folder, { tenant, pool })
      if (status === null) throw createNotInForce(`pool '${tenant}/${pool}'`)
      const { print } = call
      if (print.isJson) return print.json(renderJson(status))
      print.rows(columns, status.endpoints, 'The pool has no endpoints.')
      if (print.out.isTerminal) print.note(renderLoad(status))
      for (const source of status.sources) {
        if (source.failure !== '') print.warn(renderFailure(source))
        else if (print.out.isTerminal) print.note(renderSource(source))
      }
      if (print.out.isTerminal && status.shares !== undefined)
        for (const share of status.shares) print.note(renderShare(share))
      if (status.breaker !== undefined) print.warn(`The circuit breaker of the pool is open: ${status.breaker.reason}`)
    },
  }
}

function renderJson({ inFlight, maxInFlight, waiting, breaker, endpoints, sources, shares }: PoolStatus) {
  return {
    in_flight: inFlight,
    max_in_flight: maxInFlight === 0 ? null : maxInFlight,
    waiting,
    breaker_open: breaker === undefined ? null : { reason: breaker.reason, since: renderTime(breaker.sinceMs) },
    endpoints: endpoints.map((endpoint) => jsonObject(columns, endpoint)),
    sources: sources.map(({ source, sought, found, failure, lookedMs, dueInMs }) => ({
      source,
      sought,
      found: found ?? null,
      failure: failure === '' ? null : failure,
      looked_up: lookedMs === 0 ? null : renderTime(lookedMs),
      due_in_ms: dueInMs,
    })),
    ...(shares === undefined
      ? {}
      : { shares: shares.map(({ inFlight: has, ...share }) => ({ ...share, in_flight: has })) }),
  }
}

function renderSource({ sought, found = 0, dueInMs }: SourceStatus): string {
  return `${sought}: ${found} found, looked up again in ${renderDuration(Math.ceil(dueInMs / 1_000) * 1_000)}`
}

function renderFailure({ sought, found, failure }: SourceStatus): string {
  return `${sought}: ${failure}${found === undefined ? '' : '; its last good answer stays'}`
}

function renderLoad({ inFlight, maxInFlight, waiting }: PoolStatus): string {
  const most = maxInFlight === 0 ? '' : ` of ${maxInFlight}`
  return `${inFlight}${most} in flight, ${waiting} waiting`
}

function renderShare({ tenant, weight, guarantee, inFlight, waiting }: ShareStatus): string {
  const sure = guarantee === 0 ? '' : `, ${guarantee} guaranteed`
  return `${tenant}: ${inFlight} in flight, ${waiting} waiting (weight ${weight}${sure})`
}

const columns = [
  createColumn('url', 'text', ({ url }: EndpointStatus) => url),
  createColumn('state', 'text', ({ state }: EndpointStatus) => state),
  createColumn('since', 'time', ({ sinceMs }: EndpointStatus) => sinceMs),
  createColumn('weight', 'number', ({ weight }: EndpointStatus) => weight, { isDetail: true }),
  createColumn('in_flight', 'number', ({ inFlight }: EndpointStatus) => inFlight),
  createColumn(
    'max_connections',
    'number',
    ({ maxConnections }: EndpointStatus) => (maxConnections === 0 ? undefined : maxConnections),
    { isDetail: true },
  ),
  createColumn('latency_ms', 'duration', ({ latencyUs }: EndpointStatus) => latencyUs && latencyUs / 1_000, {
    isMinor: true,
  }),
  createColumn('checked', 'time', ({ lastCheckMs }: EndpointStatus) => lastCheckMs, { isMinor: true }),
  createColumn('last_check', 'text', ({ lastCheck }: EndpointStatus) => lastCheck, { isDetail: true }),
  createColumn('reason', 'text', ({ reason }: EndpointStatus) => reason),
  createColumn('source', 'text', ({ source }: EndpointStatus) => source, { isMinor: true }),
]
