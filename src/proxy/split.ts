import { parseHashSource } from '../kit/field/hash-source.ts'
import { hashText } from '../kit/hash-text.ts'
import type { SplitSnapshot } from '../snapshot/tenant-snapshot.ts'
import { findField } from '../wire/http1/find-field.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import type { Exchange } from './exchange.ts'
import { compileNamedValue } from './request-value.ts'
import type { RouteRuntime } from './tenant-runtime.ts'

/** A route that goes to several pools: as itself with each of them. */
export interface Split {
  readonly parts: readonly SplitRoute[]
  readonly total: number
  /** Where in the split a request belongs, from 0 up to 1; undefined: nothing of it says, and it may be anywhere. */
  readonly pointOf: ((exchange: Exchange) => number | undefined) | undefined
  /** A header with this value leads to the last part. */
  readonly header: { readonly name: string; readonly value: string } | undefined
  next: number
}

export interface SplitRoute {
  readonly route: RouteRuntime
  readonly weight: number
}

/** Multiples of it, modulo 1, are spread more evenly than any random numbers (Weyl's sequence of the golden ratio). */
const goldenRatio = 0.618_033_988_749_894_9

export function createSplit({ on, header }: SplitSnapshot, parts: readonly SplitRoute[]): Split {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  return { parts, total, pointOf: compilePoint(on), header, next: Math.random() }
}

/** The route as it goes to the pool that this request is for. Parts keep their places: of a changed weight no more change sides than must. */
export function chooseRoute(exchange: Exchange, split: Split): RouteRuntime {
  const { parts, total, pointOf, header } = split
  if (header !== undefined && findField(exchange.head, header.name) === header.value)
    return parts[parts.length - 1].route
  let left = (pointOf?.(exchange) ?? nextPoint(split)) * total
  for (const { route, weight } of parts) {
    if (left < weight) return route
    left -= weight
  }
  return parts.findLast(({ weight }) => weight > 0)!.route
}

function nextPoint(split: Split): number {
  split.next = (split.next + goldenRatio) % 1
  return split.next
}

function compilePoint(on: string): Split['pointOf'] {
  if (on === 'request') return undefined
  if (on === 'client') return ({ clientAddress }) => pointOfText(clientAddress)
  if (on === 'key') return pointOfKey
  const source = parseHashSource(on)
  const find = source && compileNamedValue(source)
  return (exchange) => {
    const value = find?.(exchange.head)
    return value === undefined || value === '' ? undefined : pointOfText(value)
  }
}

/** As it is presented: whether it opens anything is found out behind this. */
function pointOfKey({ head }: Exchange): number | undefined {
  const presented = head.valueOf(fieldId.xApiKey) ?? head.valueOf(fieldId.authorization)
  return presented === undefined ? undefined : pointOfText(presented)
}

/** Whoever is balanced by the same value within a pool is so by another hash. */
const seed = 0x5917

function pointOfText(text: string): number {
  return hashText(text, seed) / 2 ** 32
}
