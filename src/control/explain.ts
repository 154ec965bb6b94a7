import type { Clock } from '../kit/clock.ts'
import { copySlab } from '../slab/copy-slab.ts'
import type { Slab } from '../slab/slab.ts'
import { createSlab } from '../slab/slab.ts'
import { SlotAllocator } from '../slab/slots.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { SealedTenant } from '../snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { PlacedTenant } from '../snapshot/tenant-snapshot.ts'
import type { Applier } from './apply.ts'
import type { Configuration } from './configuration.ts'
import { DryRun, openKeys } from './dry-run.ts'
import type { DryRequest, DryVerdict } from './dry-run.ts'
import { placeTenant } from './placement.ts'

/** A request that is asked about; its key by the name or the number that it has. */
export interface ExplainRequest extends Omit<DryRequest, 'keyId'> {
  readonly key?: string | undefined
}

export interface Explanation extends DryVerdict {
  /** Of a key that its tenant does not have, and such. */
  readonly warning: string | null
}

/** What would come of a request now, by the counters of the running server; nothing of them changes. */
export function explainLive(
  request: ExplainRequest,
  { slab, configuration, applier, clock }: { slab: Slab; configuration: Configuration; applier: Applier; clock: Clock },
): Explanation {
  const tenants = [...configuration.placed.values()]
  return explain(request, { slab: copySlab(slab), tenants, global: applier.global, clock })
}

/** What would come of a request with that configuration, on a server that has just started. */
export function explainFresh(
  request: ExplainRequest,
  { sealed, global, clock }: { sealed: readonly SealedTenant[]; global: GlobalSnapshot; clock: Clock },
): Explanation {
  const { slab, tenants } = placeFresh(sealed, clock)
  return explain(request, { slab, tenants, global, clock })
}

/** Memory in which nothing was counted yet, with places for these tenants. */
export function placeFresh(sealed: readonly SealedTenant[], clock: Clock): { slab: Slab; tenants: PlacedTenant[] } {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  let quotas = 0
  const places = { allocator: new SlotAllocator(slab, clock), quotas: { take: () => (quotas += 1) } }
  return { slab, tenants: sealed.map((tenant) => ({ sealed: tenant, slots: placeTenant(openTenant(tenant), places) })) }
}

interface Plan {
  readonly slab: Slab
  readonly tenants: readonly PlacedTenant[]
  readonly global: GlobalSnapshot
  readonly clock: Clock
}

function explain({ key, ...request }: ExplainRequest, { slab, tenants, global, clock }: Plan): Explanation {
  const run = new DryRun({ slab, global, clock })
  try {
    run.addTenants(tenants)
    const ownerId = key === undefined ? undefined : run.findOwnerId(request.host)
    const owner = tenants.find(({ sealed }) => sealed.id === ownerId)
    const keyId = key === undefined || owner === undefined ? undefined : findKeyId(owner, key)
    if (owner !== undefined && keyId !== undefined) run.addTenants([openKeys(owner)])
    const warning =
      key !== undefined && keyId === undefined
        ? `the tenant of '${request.host}' has no key '${key}' that may be used`
        : null
    return { ...run.decide({ ...request, keyId }), warning }
  } finally {
    run.close()
  }
}

function findKeyId({ sealed }: PlacedTenant, key: string): number | undefined {
  return openTenant(sealed).keys.find(({ id, name }) => name === key || String(id) === key)?.id
}
