import type { LimitStatus } from '../../control/limit-status.ts'
import { UserError } from '../../kit/user-error.ts'
import { limit as entity } from '../../model/limit.ts'
import { planLimits } from '../../model/plan-limits.ts'
import type { PlannedLimit } from '../../model/plan-limits.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Command } from '../command.ts'
import { createColumn } from '../print/column.ts'
import { tenantFlag } from './address.ts'
import { readLimitTarget, readTenantName, targetFlags } from './limit-target.ts'
import type { Noun } from './noun.ts'
import { getOwnerId } from './rows.ts'

/** One bound of one limit. */
interface Bound {
  readonly target: string
  readonly unit: 'rate' | 'concurrency' | 'bandwidth'
  readonly bound: string
  /** `tenant`, `plan gold`. */
  readonly from: string
  readonly onExceed: string
  /** Undefined: no server says. */
  readonly left: number | undefined
  readonly fullInMs: number | undefined
}

/** `mtlb limit show acme`: every bound of a tenant, and what is left of it now. */
export function createLimitShowCommand(noun: Noun): Command {
  return {
    words: ['limit', 'show'],
    summary: 'Show every bound of a tenant, from which level it is, and how much is left of it now.',
    details: 'What is left is what the running server knows; without one that column is empty.',
    operands: [{ name: 'TENANT', summary: 'Whose limits.' }],
    flags: [...targetFlags, { ...tenantFlag, summary: 'The tenant, instead of the word.' }],
    examples: noun.examples?.show ?? [],
    run: async (call) => {
      const tenant = readTenantName(call)
      const target = readLimitTarget(call)
      const rows = await readConfiguration(call, (store) => readPlanned(store, getOwnerId(store, entity, [tenant])))
      const wanted = rows.filter((row) => target === 'tenant' || row.target === target)
      if (wanted.length === 0 && target !== 'tenant') throw createNoLimit(tenant, target)
      const bounds = wanted.flatMap((row) => boundsOf(row, undefined))
      const status = bounds.length === 0 ? undefined : await readStatus(call, tenant)
      const known = wanted.flatMap((row) =>
        boundsOf(
          row,
          status?.find((one) => one.target === row.target),
        ),
      )
      call.print.rows(columns, known, `No limit in '${tenant}'. Add one: 'mtlb limit set ${tenant} --rate 100/s'.`)
      if (status === undefined && call.print.out.isTerminal && bounds.length > 0) {
        call.print.note('No server is running: what is left is not known.')
      }
    },
  }
}

function readPlanned(store: Store, tenantId = 0): PlannedLimit[] {
  const rows = store.readTenant(tenantId)
  return rows === undefined ? [] : planLimits(tenantId, rows.limits, rows.plan)
}

async function readStatus(call: Call, tenant: string): Promise<readonly LimitStatus[] | undefined> {
  const { readLimits } = await import('../../control/control-client.ts')
  return (await readLimits(call.folder, tenant)) ?? undefined
}

function boundsOf(limit: PlannedLimit, status: LimitStatus | undefined): Bound[] {
  const { target, rate, burst, concurrency, bandwidthBytes, onExceed, rateFrom, concurrencyFrom } = limit
  const bounds: Bound[] = []
  if (rate !== undefined) {
    const bound = burst === undefined ? rate : `${rate}, burst ${burst}`
    bounds.push({
      target,
      unit: 'rate',
      bound,
      from: rateFrom,
      onExceed,
      left: status?.rateLeft ?? undefined,
      fullInMs: status?.fullInMs,
    })
  }
  if (concurrency !== undefined) {
    const left = status && Math.max(0, concurrency - status.inFlight)
    bounds.push({
      target,
      unit: 'concurrency',
      bound: String(concurrency),
      from: concurrencyFrom,
      onExceed,
      left,
      fullInMs: undefined,
    })
  }
  if (bandwidthBytes !== undefined) {
    const bound = entity.fields.bandwidthBytes.render(bandwidthBytes)
    const from = target.split(/[:/]/)[0]
    bounds.push({ target, unit: 'bandwidth', bound, from, onExceed, left: undefined, fullInMs: undefined })
  }
  return bounds
}

function createNoLimit(tenant: string, target: string): UserError {
  const [whole, per] = target.split('/')
  const flags = [whole === 'tenant' ? '' : ` ${whole.replace(':', ' ').replace(/^/, '--')}`, per && ` --per ${per}`]
  return new UserError(
    'not_found',
    `tenant '${tenant}' has no limit for '${target}'`,
    `Add one: 'mtlb limit set ${tenant}${flags.join('')} --rate 100/s'.`,
  )
}

const columns = [
  createColumn('target', 'text', ({ target }: Bound) => target),
  createColumn('unit', 'text', ({ unit }: Bound) => unit),
  createColumn('bound', 'text', ({ bound }: Bound) => bound),
  createColumn('from', 'text', ({ from }: Bound) => from),
  createColumn('left', 'number', ({ left }: Bound) => left),
  createColumn('full_in_ms', 'duration', ({ fullInMs }: Bound) => fullInMs),
  createColumn('on_exceed', 'text', ({ onExceed }: Bound) => onExceed),
]
