import type { Algorithm } from '../balance/algorithm.ts'
import { algorithms } from '../balance/index.ts'
import { ipHash } from '../balance/ip-hash.ts'
import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'

/** Where a client's address sticks, nothing else is asked. */
export function findAlgorithm({ sticky, balance }: PoolSnapshot): Algorithm {
  return sticky === 'ip' ? ipHash : (algorithms.find(({ name }) => name === balance) ?? algorithms[0])
}
