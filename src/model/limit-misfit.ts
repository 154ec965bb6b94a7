import { splitLimitTarget } from '../kit/field/limit-target.ts'
import { limit } from './limit.ts'
import type { LimitRow } from './limit.ts'
import type { Misfit } from './misfit.ts'

/** The first thing that does not go together in a limit. */
export function findLimitMisfit({
  target = 'tenant',
  rate,
  burst,
  concurrency,
  bandwidthBytes,
}: Partial<LimitRow>): Misfit | undefined {
  const { fields } = limit
  if (concurrency !== undefined && splitLimitTarget(target)?.per !== undefined) {
    return {
      field: fields.concurrency.column,
      message: 'concurrency is for all requests together, not for each client',
      hint: "Take it away with '--concurrency=', or leave '--per' out.",
    }
  }
  if (bandwidthBytes !== undefined && splitLimitTarget(target)?.per !== undefined) {
    return {
      field: fields.bandwidthBytes.column,
      message: 'bandwidth is for all requests together, not for each client',
      hint: "Take it away with '--bandwidth=', or leave '--per' out.",
    }
  }
  if (rate === undefined && burst !== undefined) {
    return {
      field: fields.burst.column,
      message: `burst ${burst} needs a rate`,
      hint: "Say it with '--rate 100/s', or take the burst away with '--burst='.",
    }
  }
  if (rate === undefined && concurrency === undefined && bandwidthBytes === undefined) {
    return {
      field: fields.rate.column,
      message: 'the limit bounds nothing',
      hint: "Say '--rate 100/s', '--concurrency 50' or '--bandwidth 10MB/s', or remove it: 'mtlb limit remove'.",
    }
  }
  return undefined
}
