import type { EndpointStatus } from '../../control/pool-status.ts'
import type { Command } from '../command.ts'
import { createColumn } from '../print/column.ts'
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
      const endpoints = await readPool(call.folder, { tenant, pool })
      if (endpoints === null) throw createNotInForce(`pool '${tenant}/${pool}'`)
      call.print.rows(columns, endpoints, 'The pool has no endpoints.')
    },
  }
}

const columns = [
  createColumn('url', 'text', ({ url }: EndpointStatus) => url),
  createColumn('state', 'text', ({ state }: EndpointStatus) => state),
  createColumn('since', 'time', ({ sinceMs }: EndpointStatus) => sinceMs),
  createColumn('weight', 'number', ({ weight }: EndpointStatus) => weight, { isDetail: true }),
  createColumn('in_flight', 'number', ({ inFlight }: EndpointStatus) => inFlight),
  createColumn('latency_ms', 'duration', ({ latencyUs }: EndpointStatus) => latencyUs && latencyUs / 1_000, {
    isMinor: true,
  }),
  createColumn('checked', 'time', ({ lastCheckMs }: EndpointStatus) => lastCheckMs, { isMinor: true }),
  createColumn('last_check', 'text', ({ lastCheck }: EndpointStatus) => lastCheck, { isDetail: true }),
  createColumn('reason', 'text', ({ reason }: EndpointStatus) => reason),
]
