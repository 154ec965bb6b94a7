import type { Flow } from '../slab/fair-queue.ts'
import { chargeFlow, settleFlow } from '../slab/fair-queue.ts'
import { enter, leave } from '../slab/gauges.ts'
import type { ThreadState } from './thread-state.ts'

/** A place among tenants that share them, while a request holds it. */
export interface Share {
  readonly flow: Flow
  readonly chargedUs: number
  readonly sinceUs: number
}

/** The flow's tenant is charged for the place from now on. */
export function beginShare({ slab, thread, clock }: ThreadState, flow: Flow): Share {
  const chargedUs = chargeFlow(slab, thread, flow)
  enter(slab, thread, flow.slot)
  return { flow, chargedUs, sinceUs: clock.monotonicUs() }
}

/** What it was charged is put right. */
export function endShare({ slab, thread, clock }: ThreadState, { flow, chargedUs, sinceUs }: Share): void {
  leave(slab, thread, flow.slot)
  settleFlow(slab, thread, flow, { costUs: chargedUs, heldUs: clock.monotonicUs() - sinceUs })
}
