import type { IpTable } from '../kit/ip-table.ts'
import { deepFreeze } from './freeze.ts'
import type { PoolSnapshot } from './pool-snapshot.ts'
import type { IpRules, TenantSnapshot } from './tenant-snapshot.ts'

/**
 * A tenant's snapshot as bytes in memory that all threads share, with what must be known of it without opening it. Ten
 * thousand tenants are there once, instead of as objects in every thread.
 */
export interface SealedTenant {
  readonly id: number
  readonly name: string
  readonly revision: number
  readonly hosts: readonly string[]
  /** Endpoints of it have to be found: they are names, or in a file. */
  readonly hasSources: boolean
  /** Bytes of the JSON text (u32), that text, and from the next multiple of 4 on the words of the ip table. */
  readonly bytes: Uint8Array
}

/** The ip table with the lengths of its parts in place of the parts, which lie behind the text in this order. */
interface SealedIpRules {
  readonly isAllowOnly: boolean
  readonly rules: IpRules['rules']
  readonly nodes: number
  readonly v4: SealedFamily
  readonly v6: SealedFamily
}

type SealedFamily = Omit<IpTable['v4'], 'top'> & { readonly top: number }

const headBytes = 4

/** In memory of its own, which goes when the tenant has another configuration and nobody is left who began with this one. */
export function sealTenant(snapshot: TenantSnapshot): SealedTenant {
  const text = Buffer.from(JSON.stringify(flatten(snapshot)))
  const size = wordsAt(text.length) + 4 * wordCount(snapshot.ipRules)
  const bytes = new Uint8Array(new SharedArrayBuffer(size))
  fill(bytes, text, snapshot.ipRules)
  const { id, name, revision, hosts, pools } = snapshot
  return { id, name, revision, hosts, hasSources: pools.some(hasSources), bytes }
}

/** The frozen snapshot that was sealed; its ip table still lies in the shared memory. */
export function openTenant({ bytes }: SealedTenant): TenantSnapshot {
  const { buffer, byteOffset } = bytes
  const textBytes = new DataView(buffer, byteOffset).getUint32(0, true)
  const text = Buffer.from(buffer, byteOffset + headBytes, textBytes).toString()
  const flat = JSON.parse(text) as Omit<TenantSnapshot, 'ipRules'> & { readonly ipRules?: SealedIpRules }
  const ipRules = flat.ipRules && openIpRules(flat.ipRules, buffer, byteOffset + wordsAt(textBytes))
  return deepFreeze({ ...flat, ipRules })
}

/** Whether both were sealed from equal snapshots. */
export function isSameTenant(a: SealedTenant, b: SealedTenant): boolean {
  return Buffer.compare(a.bytes, b.bytes) === 0
}

function hasSources({ fromFile, fromExec, endpoints }: PoolSnapshot): boolean {
  return fromFile !== undefined || fromExec !== undefined || endpoints.some(({ address }) => address === '')
}

function flatten(snapshot: TenantSnapshot): object {
  if (snapshot.ipRules === undefined) return snapshot
  const { table, rules, isAllowOnly } = snapshot.ipRules
  const { nodes, v4, v6 } = table
  const ipRules: SealedIpRules = {
    isAllowOnly,
    rules,
    nodes: nodes.length,
    v4: { ...v4, top: v4.top.length },
    v6: { ...v6, top: v6.top.length },
  }
  return { ...snapshot, ipRules }
}

function wordCount(rules: IpRules | undefined): number {
  if (rules === undefined) return 0
  const { nodes, v4, v6 } = rules.table
  return nodes.length + v4.top.length + v6.top.length
}

function wordsAt(textBytes: number): number {
  return Math.ceil((headBytes + textBytes) / 4) * 4
}

function fill(bytes: Uint8Array, text: Uint8Array, rules: IpRules | undefined): void {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, text.length, true)
  bytes.set(text, headBytes)
  if (rules === undefined) return
  const { nodes, v4, v6 } = rules.table
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + wordsAt(text.length), wordCount(rules))
  words.set(nodes)
  words.set(v4.top, nodes.length)
  words.set(v6.top, nodes.length + v4.top.length)
}

function openIpRules(
  { isAllowOnly, rules, nodes, v4, v6 }: SealedIpRules,
  buffer: ArrayBufferLike,
  start: number,
): IpRules {
  let at = start
  const take = (length: number) => {
    const words = new Int32Array(buffer, at, length)
    at += words.byteLength
    return words
  }
  const table = { nodes: take(nodes), v4: { ...v4, top: take(v4.top) }, v6: { ...v6, top: take(v6.top) } }
  return { isAllowOnly, rules, table }
}
