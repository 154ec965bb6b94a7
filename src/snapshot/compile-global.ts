import { parseBind } from '../kit/field/bind.ts'
import { buildIpTable } from '../kit/ip-table.ts'
import type { IpTable } from '../kit/ip-table.ts'
import { traceTokenOf } from '../kit/digest.ts'
import { parseRange } from '../kit/ip.ts'
import { parseRate } from '../kit/units.ts'
import { listener } from '../model/listener.ts'
import type { ListenerRow } from '../model/listener.ts'
import type { GlobalRows } from '../model/rows.ts'
import { parseSettings } from '../model/setting.ts'
import type { SettingMistake, Settings } from '../model/setting.ts'
import { checkRow } from './check-row.ts'
import { deepFreeze } from './freeze.ts'
import type { GlobalSnapshot, ListenerSnapshot } from './global-snapshot.ts'
import type { LimitSnapshot, Problem } from './tenant-snapshot.ts'

export type CompiledGlobal = { readonly snapshot: GlobalSnapshot } | { readonly problems: readonly Problem[] }

/** Listeners and settings to a frozen snapshot, or every reason why not. Pure; never throws. */
export function compileGlobal({ revision, listeners, settings: rows, stickySecret }: GlobalRows): CompiledGlobal {
  const { settings, mistakes } = parseSettings(rows)
  const problems = [
    ...listeners.flatMap((row) => checkRow(listener, { values: row, name: row.name, address: row.name })),
    ...findSharedBinds(listeners),
    ...mistakes.map(createSettingProblem),
  ]
  if (problems.length > 0) return { problems }
  const {
    trustedProxies,
    allowAddresses,
    globalRate,
    globalBurst,
    globalConcurrency,
    currency: _currency,
    ...rest
  } = settings
  const snapshot: GlobalSnapshot = {
    ...rest,
    revision,
    stickySecret,
    traceToken: traceTokenOf(stickySecret),
    listeners: listeners.flatMap(buildListener),
    trustedProxies: buildTable(trustedProxies),
    allowAddresses: buildTable(allowAddresses),
    limit: buildLimit({ globalRate, globalBurst, globalConcurrency }),
  }
  return { snapshot: deepFreeze(snapshot) }
}

function findSharedBinds(listeners: readonly ListenerRow[]): Problem[] {
  return listeners.flatMap((row, index) => {
    const rival = listeners.slice(0, index).find(({ bind }) => bind === row.bind && parseBind(bind)?.port !== 0)
    if (rival === undefined) return []
    return {
      table: 'listener',
      row: row.name,
      field: 'bind',
      message: `bind '${row.bind}' is also that of listener '${rival.name}'`,
      hint: `Remove it: 'mtlb listener remove ${row.name}', or move it: 'mtlb listener set ${row.name} --bind …'.`,
    }
  })
}

function createSettingProblem({ name, message }: SettingMistake): Problem {
  return {
    table: 'setting',
    row: name,
    field: 'value',
    message,
    hint: `Restore its default: 'mtlb setting remove ${name}'.`,
  }
}

function buildListener({ id, name, bind }: ListenerRow): ListenerSnapshot[] {
  const parsed = parseBind(bind)
  return parsed === undefined ? [] : [{ id, name, ...parsed }]
}

function buildTable(texts: readonly string[]): IpTable | undefined {
  if (texts.length === 0) return undefined
  const ranges = texts.map(parseRange).filter((range) => range !== undefined)
  return buildIpTable(ranges.map((range) => ({ range, value: 1 })))
}

/** Undefined: nothing is bounded. */
function buildLimit(
  bounds: Pick<Settings, 'globalRate' | 'globalBurst' | 'globalConcurrency'>,
): LimitSnapshot | undefined {
  const { globalRate, globalBurst, globalConcurrency = 0 } = bounds
  const rate = globalRate === undefined ? undefined : parseRate(globalRate)
  if (rate === undefined && globalConcurrency === 0) return undefined
  return {
    id: 0,
    target: 'global',
    level: 'global',
    targetId: 0,
    per: undefined,
    rate: rate && { ...rate, burst: globalBurst ?? rate.count },
    concurrency: globalConcurrency,
    bandwidth: 0,
    connectionBandwidth: 0,
    maxBodyBytes: undefined,
    isShadow: false,
    maxWaitMs: 0,
    quotas: [],
  }
}
