import type { LimitStatus } from '../../control/limit-status.ts'
import { levelOfTarget, renderTargetFlags } from '../../kit/field/limit-target.ts'
import { UserError } from '../../kit/user-error.ts'
import { limit as entity } from '../../model/limit.ts'
import { planLimits } from '../../model/plan-limits.ts'
import type { PlannedLimit } from '../../model/plan-limits.ts'
import type { Store } from '../../store/store.ts'
import { readConfiguration } from '../change.ts'
import type { Command } from '../command.ts'
import { createColumn } from '../print/column.ts'
import { addressFlags, addressOperands, readAddress } from './address.ts'
import type { Noun } from './noun.ts'
import { getOwnerId } from './rows.ts'

/** One bound of one limit. */
interface Bound {
  readonly target: string
  readonly unit: 'rate' | 'concurrency' | 'bandwidth' | 'quota'
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
    operands: addressOperands(noun),
    flags: addressFlags(noun),
    examples: noun.examples?.show ?? [],
    run: async (call) => {
      const [tenant, target] = await readAddress(noun, call)
      const limits = await readConfiguration(call, (store) => readPlanned(store, getOwnerId(store, entity, [tenant])))
      const wanted = limits.filter((limit) => target === 'tenant' || limit.target === target)
      if (wanted.length === 0 && target !== 'tenant') throw createNoLimit(tenant, target)
      const { readLimits } = await import('../../control/control-client.ts')
      const status = wanted.length === 0 ? undefined : await readLimits(call.folder, tenant)
      const bounds = wanted.flatMap((limit) =>
        boundsOf(
          limit,
          status?.find((one) => one.target === limit.target),
        ),
      )
      call.print.rows(columns, bounds, `No limit in '${tenant}'. Add one: 'mtlb limit set ${tenant} --rate 100/s'.`)
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
    const from = levelOfTarget(target)
    bounds.push({ target, unit: 'bandwidth', bound, from, onExceed, left: undefined, fullInMs: undefined })
  }
  return [...bounds, ...limit.quotas.map((quota) => quotaBound(limit, quota, status))]
}

function quotaBound(
  { target, onExceed, quotasFrom }: PlannedLimit,
  quota: string,
  status: LimitStatus | undefined,
): Bound {
  const found = status?.quotas.find((one) => one.quota === quota)
  return {
    target,
    unit: 'quota',
    bound: quota,
    from: quotasFrom,
    onExceed,
    left: found?.left,
    fullInMs: found?.renewedInMs,
  }
}

function createNoLimit(tenant: string, target: string): UserError {
  return new UserError(
    'not_found',
    `tenant '${tenant}' has no limit for '${target}'`,
    `Add one: 'mtlb limit set ${tenant}${renderTargetFlags(target)} --rate 100/s'.`,
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
