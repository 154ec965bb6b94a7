import { ticksAt } from '../../src/limit/gcra.ts'
import type { Limited, LimitRuntime } from '../../src/proxy/limits.ts'
import type { Slab } from '../../src/slab/slab.ts'
import { RequestHead } from '../../src/wire/http1/request-head.ts'

interface Given {
  readonly thread: number
  readonly openedUs: number
  readonly clientAddress?: string | undefined
  readonly globalLimit?: LimitRuntime | undefined
}

/** As much of an exchange as limits look at. */
export function createLimited(slab: Slab, given: Given): Limited {
  const { thread, openedUs, clientAddress = '192.0.2.1', globalLimit } = given
  const cells = { heldLimits: undefined, limitCells: [], limitTicks: ticksAt(openedUs), delayUs: 0, shadowed: '' }
  return { thread: { slab, thread, globalLimit }, openedUs, ...cells, head: new RequestHead(), clientAddress }
}
