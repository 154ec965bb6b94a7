import type { SealedTenant } from '../snapshot/sealed-tenant.ts'

/** A tenant with the names that it wants. */
export type HostClaim = Pick<SealedTenant, 'id' | 'revision' | 'hosts'>

/** Which tenant holds each host name that is in force. */
export type HostHolders = ReadonlyMap<string, number>

/**
 * Decides which candidates may come into force beside everything that stays: nobody gets a host name that another tenant
 * holds after the change. Returns the names that each refused tenant may not have.
 *
 * A refused tenant keeps its last snapshot and with it names that it meant to give up, so that refusing one can refuse
 * another: the passes go on until nobody more is refused.
 */
export function refuseTakenHosts(
  holders: HostHolders,
  candidates: ReadonlyMap<number, HostClaim>,
): Map<number, string[]> {
  const refused = new Map<number, string[]>()
  const admitted = new Map(candidates)
  for (;;) {
    const clashes = findClashes(holders, admitted)
    if (clashes.size === 0) return refused
    for (const [tenantId, hosts] of clashes) {
      refused.set(tenantId, hosts)
      admitted.delete(tenantId)
    }
  }
}

function findClashes(holders: HostHolders, admitted: ReadonlyMap<number, HostClaim>): Map<number, string[]> {
  const clashes = new Map<number, string[]>()
  const claimed = new Map<string, number>()
  for (const snapshot of inOrder(admitted)) {
    const taken = snapshot.hosts.filter((host) => {
      const holder = claimed.get(host) ?? staying(holders.get(host), host, admitted)
      return holder !== undefined && holder !== snapshot.id
    })
    if (taken.length > 0) clashes.set(snapshot.id, taken)
    else for (const host of snapshot.hosts) claimed.set(host, snapshot.id)
  }
  return clashes
}

/** The holder, unless its own candidate gives the name up. */
function staying(holder: number | undefined, host: string, admitted: ReadonlyMap<number, HostClaim>) {
  if (holder === undefined) return undefined
  const next = admitted.get(holder)
  return next === undefined || next.hosts.includes(host) ? holder : undefined
}

/** Of two that want the same free name the one that asked first gets it, whatever order they were read in. */
function inOrder(candidates: ReadonlyMap<number, HostClaim>): HostClaim[] {
  return [...candidates.values()].toSorted((a, b) => a.revision - b.revision || a.id - b.id)
}
