import { ticksAt } from '../../src/limit/gcra.ts'
import type { LimitRuntime } from '../../src/proxy/limit-runtime.ts'
import type { Told } from '../../src/proxy/render-limit-fields.ts'
import type { GrantWriter } from '../../src/limit/quota.ts'
import type { Slab } from '../../src/slab/slab.ts'
import { RequestHead } from '../../src/wire/http1/request-head.ts'

interface Given {
  readonly thread: number
  readonly openedUs: number
  readonly timeMs?: number
  readonly clientAddress?: string | undefined
  /** Of quotas; nothing is written without it. */
  readonly grants?: GrantWriter
  readonly globalLimit?: LimitRuntime | undefined
}

const noGrants: GrantWriter = { write: () => {} }

/** As much of an exchange as limits look at. */
export function createLimited(slab: Slab, given: Given): Told {
  const { thread, openedUs, timeMs = 0, grants = noGrants, clientAddress = '192.0.2.1', globalLimit } = given
  const cells = {
    heldLimits: undefined,
    meteredBy: undefined,
    limitCells: [],
    limitTicks: ticksAt(openedUs),
    delayUs: 0,
    shadowed: '',
    limitFields: '',
  }
  const global = { rateLimitHeaders: 'standard' } as const
  const clock = { monotonicUs: () => openedUs, wallMs: () => timeMs }
  return {
    thread: { slab, thread, globalLimit, grants, clock, global },
    openedUs,
    timeMs,
    ...cells,
    head: new RequestHead(),
    clientAddress,
  }
}
