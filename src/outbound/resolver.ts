import { networkInterfaces } from 'node:os'
import type { Clock } from '../kit/clock.ts'
import { askServers } from './dns-client.ts'
import type { DnsServer, Question } from './dns-client.ts'
import { ParsedFile, parseHosts, parseResolverOptions } from './name-service-files.ts'
import type { HostsTable, ResolverOptions } from './name-service-files.ts'
import { readAddresses, readServices } from './read-records.ts'
import type { Lookup, ServiceRecord } from './read-records.ts'
import { Turnstile } from './turnstile.ts'

export interface ResolverParts {
  readonly clock: Clock
  /** Asked instead of those of the machine, where there are any. */
  readonly servers: () => readonly DnsServer[]
  readonly resolvConf?: string
  readonly hosts?: string
  /** Addresses of the machine's interfaces. */
  readonly localAddresses?: () => readonly string[]
}

export interface AddressLookup {
  readonly v4: Lookup<string>
  readonly v6: Lookup<string>
}

/** What a file says may change at any time. */
const hostsTtlMs = 5_000

/** A server that is asked for thousands of names at once drops some of them. */
const mostAsking = 64

/** Interfaces are looked at no more often: a host of containers has hundreds. */
const interfacesUs = 1_000_000

/** A stub resolver: the hosts file, then name servers, with the search list of the machine. Unlike that of Node it knows times to live. */
export class Resolver {
  readonly #parts: ResolverParts
  readonly #options: ParsedFile<ResolverOptions>
  readonly #hosts: ParsedFile<HostsTable>
  readonly #turnstile = new Turnstile(mostAsking)
  readonly #end = new AbortController()
  #local: readonly string[] = []
  #localReadUs = Number.NEGATIVE_INFINITY

  constructor(parts: ResolverParts) {
    const { clock, resolvConf = '/etc/resolv.conf', hosts = '/etc/hosts' } = parts
    this.#parts = parts
    this.#options = new ParsedFile(resolvConf, parseResolverOptions, clock)
    this.#hosts = new ParsedFile(hosts, parseHosts, clock)
  }

  /** All addresses of a name. Without a v6 address of its own, but for that of the loopback, the machine has no use for others. */
  async lookUpAddresses(name: string): Promise<AddressLookup> {
    const local = this.#readLocal()
    const known = this.#findInHosts(name, local)
    if (known !== undefined) return known
    const [v4, v6] = await Promise.all([
      this.#ask(name, 'A', readAddresses),
      local.some(isGlobalV6) ? this.#ask(name, 'AAAA', readAddresses) : noV6,
    ])
    return { v4, v6 }
  }

  /** Hosts and ports of a service (RFC 2782). Found without any: it is decidedly not available. */
  lookUpService(name: string): Promise<Lookup<ServiceRecord>> {
    return this.#ask(name, 'SRV', readServices)
  }

  /** Whatever is under way fails. */
  close(): void {
    this.#end.abort()
  }

  #readLocal(): readonly string[] {
    const nowUs = this.#parts.clock.monotonicUs()
    if (nowUs - this.#localReadUs < interfacesUs) return this.#local
    this.#localReadUs = nowUs
    this.#local = (this.#parts.localAddresses ?? readLocalAddresses)()
    return this.#local
  }

  #findInHosts(name: string, local: readonly string[]): AddressLookup | undefined {
    const key = name.replace(/\.$/, '').toLowerCase()
    const found = this.#hosts.read().get(key) ?? (isLocalhost(key) ? ['127.0.0.1', '::1'] : undefined)
    if (found === undefined) return undefined
    const usable = found.filter((address) => address !== '::1' || local.includes('::1'))
    const pick = (isV6: boolean): Lookup<string> => {
      const values = usable.filter((address) => address.includes(':') === isV6)
      if (values.length > 0) return { outcome: 'found', values, ttlMs: hostsTtlMs }
      return { outcome: 'none', isAbsent: false, reason: 'the hosts file has no such address' }
    }
    return { v4: pick(false), v6: pick(true) }
  }

  /** As the search list says: a name that exists, though without such records, ends the search. */
  async #ask<Value>(
    name: string,
    type: Question['type'],
    read: (answer: Parameters<typeof readAddresses>[0], question: Question) => Lookup<Value>,
  ): Promise<Lookup<Value>> {
    const options = this.#options.read()
    const own = this.#parts.servers()
    const plan = { ...options, servers: own.length > 0 ? own : options.servers }
    let lookup: Lookup<Value> = { outcome: 'none', isAbsent: true, reason: 'it is no name' }
    for (const candidate of listCandidates(name, options)) {
      const question = { name: candidate, type }
      const asked = await this.#turnstile.pass(() => askServers(question, plan, this.#end.signal))
      if ('failure' in asked) return { outcome: 'failed', reason: asked.failure }
      lookup = read(asked.answer, question)
      if (lookup.outcome === 'found' || (lookup.outcome === 'none' && !lookup.isAbsent)) return lookup
    }
    return lookup
  }
}

const noV6: Lookup<string> = { outcome: 'none', isAbsent: false, reason: 'this machine has no IPv6' }

/** RFC 6761 section 6.3. */
function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

function isGlobalV6(address: string): boolean {
  return address.includes(':') && address !== '::1' && !/^fe[89ab]/i.test(address)
}

function readLocalAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? [])
}

function listCandidates(name: string, { search, ndots }: ResolverOptions): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const suffixed = search.map((suffix) => `${name}.${suffix}`).filter(({ length }) => length <= 253)
  const dots = name.split('.').length - 1
  return dots >= ndots ? [name, ...suffixed] : [...suffixed, name]
}
