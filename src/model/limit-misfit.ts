import { splitLimitTarget } from '../kit/field/limit-target.ts'
import { parseQuota, quotaKey } from '../kit/quota.ts'
import { limit } from './limit.ts'
import type { LimitRow } from './limit.ts'
import type { Misfit } from './misfit.ts'

/** What no single value of a dimension has for itself. */
const shared = {
  concurrency: 'concurrency',
  bandwidthBytes: 'bandwidth',
  connectionBandwidthBytes: 'connection-bandwidth',
  quotas: 'quota',
  maxBodyBytes: 'max-body',
} as const

/** The first thing that does not go together in a limit. */
export function findLimitMisfit(row: Partial<LimitRow>): Misfit | undefined {
  const { fields } = limit
  const { target = 'tenant', rate, burst, quotas = [] } = row
  const said = names(shared).filter((name) => (name === 'quotas' ? quotas.length > 0 : row[name] !== undefined))
  if (said.length > 0 && splitLimitTarget(target)?.per !== undefined) {
    const flag = shared[said[0]]
    return {
      field: fields[said[0]].column,
      message: `${flag} is for all requests together, not for each client`,
      hint: `Take it away with '--${flag}=', or leave '--per' out.`,
    }
  }
  const twice = findTwiceBounded(quotas)
  if (twice !== undefined) return { field: fields.quotas.column, ...twice }
  if (rate === undefined && burst !== undefined) {
    return {
      field: fields.burst.column,
      message: `burst ${burst} needs a rate`,
      hint: "Say it with '--rate 100/s', or take the burst away with '--burst='.",
    }
  }
  if (rate === undefined && said.length === 0) {
    return {
      field: fields.rate.column,
      message: 'the limit bounds nothing',
      hint: "Say '--rate 100/s', '--concurrency 50', '--bandwidth 10MB/s' or '--quota 1000/day', or remove it: 'mtlb limit remove'.",
    }
  }
  return undefined
}

function names<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[]
}

/** Two quotas of the same unit and period, of which one says nothing. */
export function findTwiceBounded(quotas: readonly string[]): Omit<Misfit, 'field'> | undefined {
  const keys = quotas.map((text) => {
    const parsed = parseQuota(text)
    return parsed && quotaKey(parsed)
  })
  const index = keys.findIndex((key, at) => key !== undefined && keys.indexOf(key) !== at)
  if (index === -1) return undefined
  const other = quotas[keys.indexOf(keys[index])]
  return {
    message: `quota '${quotas[index]}' is of the same unit and period as '${other}'`,
    hint: 'Name each once; all quotas are named when one is changed.',
  }
}
