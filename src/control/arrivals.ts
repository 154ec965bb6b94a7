import type { Clock } from '../kit/clock.ts'
import { markRecovered } from '../slab/hindrances.ts'
import type { Slab } from '../slab/slab.ts'
import type { TenantWatcher } from './configuration.ts'
import { findArrivals } from './placement.ts'

/** Says in the slab since when an endpoint serves that joins others: it starts slowly where its pool wants that. */
export function createArrivalMarker(slab: Slab, clock: Clock): TenantWatcher {
  return {
    update: ({ slots }, snapshot, before) => {
      if (before === undefined) return
      for (const slot of findArrivals(before, snapshot, slots)) markRecovered(slab, slot, clock.monotonicUs())
    },
    remove: () => {},
  }
}
