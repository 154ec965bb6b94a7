import { networkInterfaces } from 'node:os'
import { findInIpTable } from '../kit/ip-table.ts'
import { describeSpecialAddress } from '../kit/special-addresses.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'

export interface ObstaclesParts {
  readonly global: () => Pick<GlobalSnapshot, 'allowAddresses'>
  /** Those of the configuration, and the ports that the kernel has chosen; 0: none yet. */
  readonly listeners: () => readonly OwnListener[]
  /** Addresses of this machine. */
  readonly localAddresses?: () => readonly string[]
}

export interface OwnListener {
  readonly name: string
  readonly address: string
  readonly port: number
}

/**
 * Why nothing is ever sent to some addresses: whoever may name an endpoint, in the configuration or in DNS, must not reach by it what
 * answers this machine alone, nor have the server send requests to itself, round and round.
 */
export class Obstacles {
  readonly #parts: ObstaclesParts
  #own: readonly OwnListener[] = []
  #local: ReadonlySet<string> = new Set()
  #allowed: GlobalSnapshot['allowAddresses'] = undefined
  #signature = ''

  constructor(parts: ObstaclesParts) {
    this.#parts = parts
  }

  /** Looks at settings, listeners and interfaces; true when an address may be judged otherwise than before. */
  refresh(): boolean {
    const { global, listeners, localAddresses = readLocalAddresses } = this.#parts
    this.#allowed = global().allowAddresses
    this.#own = listeners()
      .filter(({ port }) => port !== 0)
      .map(({ name, address, port }) => ({ name, address, port }))
    // Link-local ones come and go with every container, and are refused anyway.
    this.#local = new Set(localAddresses().filter((address) => describeSpecialAddress(address) === undefined))
    const { nodes, v4, v6 } = this.#allowed ?? { nodes: [], v4: {}, v6: {} }
    const before = this.#signature
    this.#signature = JSON.stringify([this.#own, [...this.#local], [...nodes], v4, v6])
    return this.#signature !== before
  }

  /** Why that address is not connected to: `it is a multicast address`; undefined: nothing speaks against it. */
  find(address: string, port: number): string | undefined {
    const what = describeSpecialAddress(address) ?? this.#describeOwn(address, port)
    if (what === undefined || this.#isAllowed(address)) return undefined
    return `${address} is ${what}; see the setting allow-addresses`
  }

  #isAllowed(address: string): boolean {
    return this.#allowed !== undefined && findInIpTable(this.#allowed, address) !== -1
  }

  #describeOwn(address: string, port: number): string | undefined {
    const own = this.#own.find((listener) => listener.port === port && this.#isAt(listener, address))
    return own && `where listener '${own.name}' of this server listens`
  }

  #isAt(listener: OwnListener, address: string): boolean {
    if (listener.address === address) return true
    const isV4 = !address.includes(':')
    // Linux takes v4 connections at :: as well.
    if (listener.address !== '::' && !(listener.address === '0.0.0.0' && isV4)) return false
    return address.startsWith('127.') || this.#local.has(address)
  }
}

function readLocalAddresses(): readonly string[] {
  const interfaces = Object.values(networkInterfaces()).flat()
  return ['::1', ...interfaces.flatMap((each) => each?.address ?? [])]
}
