import type { Answer } from 'dns-packet'
import { parseAddress, renderAddress } from '../kit/ip.ts'
import type { Question } from './dns-client.ts'
import { getRcode } from './rcode.ts'

/** What came of looking something up. */
export type Lookup<Value> =
  | { readonly outcome: 'found'; readonly values: readonly Value[]; readonly ttlMs: number }
  /** A good answer: there are none. `isAbsent`: the name does not exist at all. */
  | { readonly outcome: 'none'; readonly isAbsent: boolean; readonly reason: string }
  /** There was no good answer. */
  | { readonly outcome: 'failed'; readonly reason: string }

export interface ServiceRecord {
  /** In lower case, without its last dot. */
  readonly host: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/** Of one answer. */
const mostValues = 1_000

/** A loop of aliases ends here. */
const mostAliases = 16

/** The addresses in an answer, in canonical form. */
export function readAddresses(answer: Packet, question: Question): Lookup<string> {
  return readRecords(answer, question, (record) => {
    const parsed = record.type === 'A' || record.type === 'AAAA' ? parseAddress(record.data) : undefined
    return parsed && renderAddress(parsed)
  })
}

/** Hosts and ports of a service; a single dot stands for nothing at all (RFC 2782). */
export function readServices(answer: Packet, question: Question): Lookup<ServiceRecord> {
  const lookup = readRecords(answer, question, (record) => {
    if (record.type !== 'SRV') return undefined
    const { target, port, priority = 0, weight = 0 } = record.data
    return { host: target.toLowerCase().replace(/\.$/, ''), port, priority, weight }
  })
  if (lookup.outcome !== 'found') return lookup
  return { ...lookup, values: lookup.values.filter(({ host, port }) => isHost(host) && port > 0) }
}

export type Packet = Parameters<typeof getRcode>[0]

function readRecords<Value>(
  packet: Packet,
  { name, type }: Question,
  read: (record: Answer) => Value | undefined,
): Lookup<Value> {
  const { answers = [] } = packet
  const { owner, ttls } = followAliases(answers, name)
  const records = answers.filter((record) => isOf(record, type, owner)).slice(0, mostValues)
  const values = records.map(read).filter((value) => value !== undefined)
  if (values.length > 0) {
    const all = [...ttls, ...records.map(ttlOf)]
    return { outcome: 'found', values, ttlMs: 1_000 * Math.min(...all) }
  }
  if (getRcode(packet) === 'NXDOMAIN')
    return { outcome: 'none', isAbsent: true, reason: 'there is no such name (NXDOMAIN)' }
  return { outcome: 'none', isAbsent: false, reason: `the name has no ${type} record` }
}

/** Whom records are of in the end (RFC 1034 section 3.6.2). What else is in an answer was not asked for. */
function followAliases(answers: readonly Answer[], name: string): { owner: string; ttls: readonly number[] } {
  const ttls: number[] = []
  let owner = name
  for (let steps = 0; steps < mostAliases; steps++) {
    const alias = answers.find((record) => isOf(record, 'CNAME', owner))
    if (alias === undefined || alias.type !== 'CNAME') break
    ttls.push(ttlOf(alias))
    owner = alias.data
  }
  return { owner, ttls }
}

/** RFC 2181 section 8: a number with its topmost bit set is none. */
function ttlOf(record: Answer): number {
  const ttl = 'ttl' in record ? (record.ttl ?? 0) : 0
  return ttl < 2 ** 31 ? ttl : 0
}

/** Of the Internet, where that is said. */
function isOf(record: Answer, type: string, owner: string): boolean {
  const isForeign = 'class' in record && record.class !== undefined && record.class !== 'IN'
  return record.type === type && !isForeign && isSameName(record.name, owner)
}

function isSameName(a: string, b: string): boolean {
  return a.replace(/\.$/, '').toLowerCase() === b.replace(/\.$/, '').toLowerCase()
}

function isHost(name: string): boolean {
  return /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) && name.length <= 253
}
