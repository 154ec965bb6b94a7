import { parseHashSource } from '../../kit/field/hash-source.ts'
import type { HashSource } from '../../kit/field/hash-source.ts'
import { hashNumber, hashText } from '../../kit/hash-text.ts'
import type { PoolSnapshot } from '../../snapshot/pool-snapshot.ts'
import type { Exchange } from '../exchange.ts'
import { findAlgorithm } from '../find-algorithm.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'
import { compileNamedValue } from '../request-value.ts'

/** Hashes what decides about the endpoint, for pools whose algorithm asks for it; never refuses. Behind authentication, for the key. */
export function hashPhase({ pool }: PhasePlan): Phase | undefined {
  const hashes = hashesOf(pool)
  if (hashes === undefined) return undefined
  return (exchange) => {
    exchange.hash = hashes(exchange)
    return undefined
  }
}

type Hashes = (exchange: Exchange) => number

function hashesOf(pool: PoolSnapshot): Hashes | undefined {
  const kind = findAlgorithm(pool).hashes
  const { hashOn } = pool
  if (kind === undefined) return undefined
  const source = kind === 'chosen' && hashOn !== undefined ? parseHashSource(hashOn) : undefined
  return source === undefined ? hashClient : createHashes(source)
}

/** Of a request that lacks what is looked at, the client's address is. */
function createHashes(source: HashSource): Hashes {
  switch (source.kind) {
    case 'header':
    case 'cookie':
    case 'query': {
      const find = compileNamedValue(source)
      return (exchange) => hashOrClient(find?.(exchange.head), exchange)
    }
    case 'path':
      return (exchange) => hashText(exchange.head.path)
    case 'tenant':
      return (exchange) => hashText(exchange.tenantName)
    case 'key':
      return (exchange) => (exchange.keyId === 0 ? hashClient(exchange) : hashNumber(exchange.keyId, 0))
    default:
      throw new Error(`unknown hash source: ${String(source.kind satisfies never)}`)
  }
}

function hashOrClient(value: string | undefined, exchange: Exchange): number {
  return value === undefined || value === '' ? hashClient(exchange) : hashText(value)
}

function hashClient(exchange: Exchange): number {
  return hashText(exchange.clientAddress)
}
