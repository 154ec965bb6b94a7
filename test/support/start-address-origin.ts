import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { request } from './request.ts'

export interface AddressOrigin {
  /** The same at all addresses of the loopback. */
  readonly port: number
  /** Requests by the address that they came to, in the order of first arrival. */
  readonly served: ReadonlyMap<string, number>
  /** Open connections by the same. */
  readonly open: ReadonlyMap<string, number>
  /** Addresses that have served since this was asked for last, sorted. */
  takeServed(): string
}

/** Many well-behaved endpoints in one: 127.0.0.1, 127.0.0.2 and so on. */
export async function startAddressOrigin(t: TestContext): Promise<AddressOrigin> {
  const served = new Map<string, number>()
  const open = new Map<string, number>()
  let recent = new Set<string>()
  const server = http.createServer({ keepAliveTimeout: 60_000 }, ({ socket }, response) => {
    const address = socket.localAddress ?? ''
    served.set(address, (served.get(address) ?? 0) + 1)
    recent.add(address)
    response.writeHead(200, { 'content-length': address.length }).end(address)
  })
  server.on('connection', (socket) => {
    const address = socket.localAddress ?? ''
    open.set(address, (open.get(address) ?? 0) + 1)
    socket.on('close', () => open.set(address, (open.get(address) ?? 0) - 1))
  })
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    served,
    open,
    takeServed: () => {
      const addresses = [...recent].toSorted().join()
      recent = new Set()
      return addresses
    },
  }
}

/** Has so many requests served, all well, and returns the addresses that did: `127.0.0.2,127.0.0.3`. */
export async function askAll(
  { port }: { readonly port: number },
  origin: AddressOrigin,
  { count, host = 'acme.test' }: { readonly count: number; readonly host?: string },
): Promise<string> {
  origin.takeServed()
  for (let at = 0; at < count; at++) assert.equal((await request(port, { host })).status, 200)
  return origin.takeServed()
}
