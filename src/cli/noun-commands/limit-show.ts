import type { LimitStatus } from '../../control/limit-status.ts'
import { renderTargetFlags } from '../../kit/field/limit-target.ts'
import { UserError } from '../../kit/user-error.ts'
import { limit as entity } from '../../model/limit.ts'
import { createEmptyLimit, planLimits } from '../../model/plan-limits.ts'
import type { PlannedLimit } from '../../model/plan-limits.ts'
import { parseSettings } from '../../model/setting.ts'
import type { Settings } from '../../model/setting.ts'
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
  readonly unit: 'rate' | 'concurrency' | 'bandwidth' | 'connection-bandwidth' | 'max-body' | 'quota'
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
    summary: 'Show every bound that applies to a tenant, from which level it is, and how much is left of it now.',
    details: 'What is left is what the running server knows; without one that column is empty.',
    operands: addressOperands(noun),
    flags: addressFlags(noun),
    examples: noun.examples?.show ?? [],
    run: async (call) => {
      const [tenant, target] = await readAddress(noun, call)
      const limits = await readConfiguration(call, (store) => readApplying(store, getOwnerId(store, entity, [tenant])))
      const wanted = limits.filter((limit) => target === 'tenant' || limit.target === target)
      if (wanted.length === 0 && target !== 'tenant') throw createNoLimit(tenant, target)
      const { readLimits } = await import('../../control/control-client.ts')
      const status = await readLimits(call.folder, tenant)
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

/** Those of the tenant and its plan, what its routes say themselves, and those of all tenants together. */
function readApplying(store: Store, tenantId = 0): PlannedLimit[] {
  const rows = store.readTenant(tenantId)
  if (rows === undefined) return []
  const ofRoutes = rows.routes
    .filter(({ maxBodyBytes }) => maxBodyBytes !== undefined)
    .map(({ name, maxBodyBytes }) => ({ ...createEmptyLimit(tenantId, `route:${name}`, 'route'), maxBodyBytes }))
  const { globalRate: rate, globalBurst: burst, globalConcurrency: concurrency } = readSettings(store)
  const global = { ...createEmptyLimit(tenantId, 'global', 'setting'), rate, burst, concurrency }
  return [...planLimits(tenantId, rows.limits, rows.plan), ...ofRoutes, global]
}

function readSettings(store: Store): Settings {
  return parseSettings(store.readGlobal().settings).settings
}

function boundsOf(limit: PlannedLimit, status: LimitStatus | undefined): Bound[] {
  const { target, rate, burst, concurrency, onExceed, from, quotas } = limit
  const bounds: Bound[] = []
  const add = (
    unit: Bound['unit'],
    bound: string,
    rest: Pick<Bound, 'from'> & Partial<Pick<Bound, 'left' | 'fullInMs'>>,
  ) => bounds.push({ target, unit, bound, onExceed, left: undefined, fullInMs: undefined, ...rest })
  if (rate !== undefined) {
    const bound = burst === undefined ? rate : `${rate}, burst ${burst}`
    add('rate', bound, { from: from.rate, left: status?.rateLeft ?? undefined, fullInMs: status?.fullInMs })
  }
  if (concurrency !== undefined) {
    const left = status && Math.max(0, concurrency - status.inFlight)
    add('concurrency', String(concurrency), { from: from.concurrency, left })
  }
  for (const [field, unit] of sizes) {
    const bytes = limit[field]
    if (bytes !== undefined) add(unit, entity.fields[field].render(bytes), { from: from[field] })
  }
  for (const quota of quotas) {
    const found = status?.quotas.find((one) => one.quota === quota)
    add('quota', quota, { from: from.quotas, left: found?.left, fullInMs: found?.renewedInMs })
  }
  return bounds
}

const sizes = [
  ['bandwidthBytes', 'bandwidth'],
  ['connectionBandwidthBytes', 'connection-bandwidth'],
  ['maxBodyBytes', 'max-body'],
] as const

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
