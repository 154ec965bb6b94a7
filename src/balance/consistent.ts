import type { Balancer, BalancerOptions } from './algorithm.ts'
import { BoundedLoad } from './bounded-load.ts'
import type { Candidates } from './candidates.ts'
import { Maglev, mostInTable } from './maglev.ts'
import { Rendezvous } from './rendezvous.ts'

/** Up to here looking at everybody costs no more than half a microsecond, needs no table, and moves exactly what must move. */
const mostByRendezvous = 64

/** The same hash leads to the same candidate for as long as that may be used. */
export function createConsistent(candidates: Candidates, { loadFactor }: BalancerOptions): Balancer {
  const isTable = candidates.count > mostByRendezvous && candidates.count <= mostInTable
  const order = isTable ? new Maglev(candidates) : new Rendezvous(candidates)
  return loadFactor === undefined ? order : new BoundedLoad(candidates, order, loadFactor)
}
