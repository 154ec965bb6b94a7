import type { CheckReport } from '../../control/pool-status.ts'
import { UserError } from '../../kit/user-error.ts'
import { readConfiguration } from '../change.ts'
import type { Command } from '../command.ts'
import { createColumn } from '../print/column.ts'
import { addressFlags, addressOperands, readAddress } from './address.ts'
import type { Noun } from './noun.ts'
import { getRow } from './rows.ts'

/** `mtlb endpoint check acme/web URL`: one check now, by the running server, as the pool says. */
export function createEndpointCheckCommand(noun: Noun): Command {
  return {
    words: ['endpoint', 'check'],
    summary: 'Check an endpoint once, now, as its pool says; a pool without checks has it connected to.',
    details:
      'The server makes the check, and nothing follows from it. Of a name or a service every address is checked. Ends with 1 when the ' +
      'endpoint is not well.',
    operands: addressOperands(noun),
    flags: addressFlags(noun),
    examples: noun.examples?.check ?? [],
    run: async (call) => {
      const address = await readAddress(noun, call)
      const [tenant, pool] = address
      const url = await readConfiguration(call, (store) => String(getRow(store, noun.entity, address).url))
      const { checkEndpoint, createNotInForce } = await import('../../control/control-client.ts')
      const reports = await checkEndpoint(call.folder, { tenant, pool, url })
      if (reports === null) throw createNotInForce(`endpoint '${url}' of '${tenant}/${pool}'`)
      const isOne = reports.length === 1 && reports[0].url === url
      if (isOne) call.print.record(columns, reports[0])
      else call.print.rows(columns, reports, '')
      const bad = reports.find(({ isHealthy }) => !isHealthy)
      if (bad !== undefined) throw new UserError('failed', `endpoint '${bad.url}' is not well: ${bad.reason}`)
    },
  }
}

const columns = [
  createColumn('url', 'text', ({ url }: CheckReport) => url),
  createColumn('check', 'text', ({ kind }: CheckReport) => kind),
  createColumn('is_healthy', 'boolean', ({ isHealthy }: CheckReport) => isHealthy),
  createColumn('reason', 'text', ({ reason }: CheckReport) => reason),
  createColumn('connect_ms', 'duration', ({ connectUs }: CheckReport) => toMs(connectUs)),
  createColumn('answer_ms', 'duration', ({ answerUs }: CheckReport) => toMs(answerUs)),
  createColumn('duration_ms', 'duration', ({ durationUs }: CheckReport) => toMs(durationUs)),
]

function toMs(us: number | undefined): number | undefined {
  return us === undefined ? undefined : Math.round(us) / 1_000
}
