import type { Member } from '../../src/proxy/choose-members.ts'
import { UsableEndpoints } from '../../src/proxy/usable-endpoints.ts'
import type { UsableEndpointsParts } from '../../src/proxy/usable-endpoints.ts'
import { createSlab } from '../../src/slab/slab.ts'

/** A pool whose endpoints are all alike, unless a test says otherwise. */
export function createUsable(parts: Partial<UsableEndpointsParts> & { readonly slots: readonly number[] }) {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const usable = new UsableEndpoints({
    slab,
    rules: { spillBelowPercent: 70, panicBelowPercent: 0 },
    membersIn: () => parts.slots.map(() => alike),
    zone: () => undefined,
    onPanic: () => {},
    ...parts,
  })
  return { slab, usable }
}

const alike: Member = { isOpen: true, isDraining: false, group: 0, isLocal: true }
