import { readFileSync, statSync } from 'node:fs'
import type { Clock } from '../kit/clock.ts'
import { parseAddress, renderAddress } from '../kit/ip.ts'
import type { DnsServer } from './dns-client.ts'

/** What `/etc/resolv.conf` says (resolv.conf(5)). */
export interface ResolverOptions {
  readonly servers: readonly DnsServer[]
  /** Suffixes that are tried behind a name. */
  readonly search: readonly string[]
  /** A name with fewer dots is tried with them first. */
  readonly ndots: number
  readonly timeoutMs: number
  readonly attempts: number
}

/** Addresses by lower-case name, as `/etc/hosts` says (hosts(5)). */
export type HostsTable = ReadonlyMap<string, readonly string[]>

const dnsPort = 53
const caps = { ndots: 15, timeout: 30, attempts: 5 }

export function parseResolverOptions(text: string): ResolverOptions {
  const servers: DnsServer[] = []
  let search: readonly string[] = []
  const options = { ndots: 1, timeout: 2, attempts: 2 }
  for (const [word, ...rest] of readWords(text, /[#;].*$/)) {
    const address = word === 'nameserver' ? parseServerAddress(rest[0] ?? '') : undefined
    if (address !== undefined) servers.push({ address, port: dnsPort })
    // Of several such lines the last counts.
    if (word === 'search' || word === 'domain')
      search = rest.map((suffix) => suffix.replace(/^\.|\.$/g, '')).filter(isName)
    if (word === 'options') {
      for (const [, name, number] of rest.map((option) => /^(ndots|timeout|attempts):(\d+)$/.exec(option) ?? [])) {
        if (name === 'ndots' || name === 'timeout' || name === 'attempts') {
          options[name] = Math.min(caps[name], Math.max(name === 'ndots' ? 0 : 1, Number(number)))
        }
      }
    }
  }
  return {
    servers: servers.length === 0 ? [{ address: '127.0.0.1', port: dnsPort }] : servers,
    search,
    ndots: options.ndots,
    timeoutMs: options.timeout * 1_000,
    attempts: options.attempts,
  }
}

/** A link-local address is of use only with its interface, `fe80::1%eth0` (RFC 4007 section 11). */
function parseServerAddress(text: string): string | undefined {
  const [bare, zone] = text.split('%')
  const parsed = parseAddress(bare)
  if (parsed === undefined) return undefined
  const address = renderAddress(parsed)
  return zone && address.includes(':') ? `${address}%${zone}` : address
}

export function parseHosts(text: string): HostsTable {
  const table = new Map<string, string[]>()
  for (const [first, ...names] of readWords(text, /#.*$/)) {
    const parsed = parseAddress(first)
    if (parsed === undefined) continue
    const address = renderAddress(parsed)
    for (const name of names.map((each) => each.toLowerCase())) {
      const known = table.get(name) ?? []
      if (!known.includes(address)) table.set(name, [...known, address])
    }
  }
  return table
}

function readWords(text: string, comment: RegExp): readonly (readonly string[])[] {
  const lines = text.split('\n').map((line) => line.replace(comment, '').trim())
  return lines.filter((line) => line !== '').map((line) => line.split(/\s+/))
}

/** What is none would make a question that nobody can answer. */
function isName(text: string): boolean {
  return /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(text)
}

/** A file is looked at no more often. */
const lookUs = 1_000_000

/** What a file says, parsed; read anew when it has changed. One that cannot be read is empty. */
export class ParsedFile<Value> {
  readonly #path: string
  readonly #parse: (text: string) => Value
  readonly #clock: Clock
  #stamp = ''
  #lookedUs = Number.NEGATIVE_INFINITY
  #value: Value

  constructor(path: string, parse: (text: string) => Value, clock: Clock) {
    this.#path = path
    this.#parse = parse
    this.#clock = clock
    this.#value = parse('')
  }

  read(): Value {
    const nowUs = this.#clock.monotonicUs()
    if (nowUs - this.#lookedUs < lookUs) return this.#value
    this.#lookedUs = nowUs
    try {
      const { mtimeMs, size, ino } = statSync(this.#path)
      const stamp = `${mtimeMs} ${size} ${ino}`
      if (stamp !== this.#stamp) this.#value = this.#parse(readFileSync(this.#path, 'utf8'))
      this.#stamp = stamp
    } catch {
      this.#stamp = ''
      this.#value = this.#parse('')
    }
    return this.#value
  }
}
