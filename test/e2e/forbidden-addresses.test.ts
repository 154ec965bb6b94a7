import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readEvents, readPool } from '../../src/control/control-client.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { setting } from '../../src/model/setting.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startAddressOrigin } from '../support/start-address-origin.ts'
import { startDnsServer } from '../support/start-dns-server.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestServer } from '../support/start-server.ts'
import { tempFolder } from '../support/temp-store.ts'

const addresses = [
  ['unspecified v4', '0.0.0.0'],
  ['unspecified v6', '::'],
  ['link-local v4, metadata', '169.254.169.254'],
  ['another link-local v4', '169.254.1.1'],
  ['link-local v6', 'fe80::1'],
  ['multicast v4', '224.0.0.251'],
  ['multicast v6', 'ff02::fb'],
  ['broadcast', '255.255.255.255'],
  ['metadata v6', 'fd00:ec2::254'],
  ['metadata elsewhere', '100.100.100.200'],
  ['mapped', '::ffff:169.254.169.254'],
  ['translated', '64:ff9b::a9fe:a9fe'],
] as const

test('forbidden addresses are refused in whichever way they are named, and by a name that leads there later', async (t) => {
  const dns = await startDnsServer(t)
  const origin = await startAddressOrigin(t)
  const file = join(tempFolder(t), 'endpoints.json')
  writeFileSync(file, JSON.stringify(addresses.map(([, address]) => urlOf(address, 80))))
  for (const [at, [, address]] of addresses.entries()) {
    dns.set(`named${at}.internal`, recordsOf(address))
    dns.set(`rebinding${at}.internal`, recordsOf('127.0.0.2'))
    dns.setService(`_s${at}._tcp.internal`, [
      { target: `named${at}.internal`, port: 80, priority: 0, weight: 0, ttl: 1 },
    ])
  }
  const pools = Object.fromEntries(
    addresses.flatMap(([, address], at) => [
      [`literal${at}`, { endpoints: [urlOf(address, 80)] }],
      [`named${at}`, { endpoints: [`http://named${at}.internal`] }],
      [`service${at}`, { endpoints: [`srv+http://_s${at}._tcp.internal`] }],
      [`rebinding${at}`, { endpoints: [`http://rebinding${at}.internal:${origin.port}`] }],
    ]),
  )
  const proxy = await startProxy(t, {
    settings: { 'dns-servers': `127.0.0.1:${dns.port}` },
    tenants: [{ pools: { ...pools, listed: { endpoints: [], fromFile: file } } }],
  })
  const statesOf = async (pool: string) =>
    (await readPool(proxy.folder, { tenant: 'acme', pool }))?.endpoints.map(({ state, reason }) => [state, reason])

  const listed = await statesOf('listed')
  assert.equal(listed?.length, new Set(addresses.map(([, address]) => new URL(urlOf(address, 80)).host)).size)
  for (const [state] of listed ?? []) assert.equal(state, 'refused')
  for (const at of addresses.keys()) assert.deepEqual((await statesOf(`rebinding${at}`))?.[0], ['unchecked', ''])
  for (const [at, [, address]] of addresses.entries()) dns.set(`rebinding${at}.internal`, recordsOf(address))
  // A machine without IPv6 does not ask for such addresses.
  const expected = (pool: string, address: string) =>
    pool !== 'literal' && address.includes(':') && !hasV6() ? /refused|unresolved|unchecked/ : /^refused$/
  for (const [at, [name, address]] of addresses.entries()) {
    await t.test(`${name}, ${address}`, async () => {
      for (const pool of ['literal', 'named', 'service', 'rebinding']) {
        await eventually(async () => {
          const states = await statesOf(`${pool}${at}`)
          assert.equal(states?.length, 1)
          assert.match(states?.[0][0] ?? '', expected(pool, address), `${pool}: ${states?.[0][1]}`)
          return true
        })
      }
    })
  }
  const events = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
  assert.ok(events.filter(({ kind }) => kind === 'endpoint_refused').length >= 4 * addresses.length)
})

test('the own listeners are refused, named or rebound, until the setting allows them', async (t) => {
  const dns = await startDnsServer(t)
  const origin = await startAddressOrigin(t)
  dns.set('self.internal', { a: ['127.0.0.1'], ttl: 1 })
  const proxy = await startProxy(t, {
    settings: { 'dns-servers': `127.0.0.1:${dns.port}` },
    tenants: [
      { pools: { web: { endpoints: [`http://127.0.0.2:${origin.port}`] } } },
      { name: 'globex', pools: { web: { endpoints: [`http://127.0.0.2:${origin.port}`] } } },
    ],
  })
  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', 'self.internal']) {
    await pointAt(proxy, new URL(`http://${host}:${proxy.port}`).origin)
    assert.equal((await request(proxy.port)).status, 503)
    const [status] = (await readPool(proxy.folder, { tenant: 'acme', pool: 'web' }))?.endpoints ?? []
    assert.deepEqual(
      [status.state, status.reason],
      ['refused', "127.0.0.1 is where listener 'main' of this server listens; see the setting allow-addresses"],
      host,
    )
  }
  assert.equal((await request(proxy.port, { host: 'globex.test' })).status, 200)

  await proxy.change((writer) => writer.insert(setting, { name: 'allow-addresses', value: '127.0.0.1/32' }))
  const [allowed] = (await readPool(proxy.folder, { tenant: 'acme', pool: 'web' }))?.endpoints ?? []
  assert.equal(allowed.state, 'unchecked')
})

async function pointAt(proxy: TestServer, url: string): Promise<void> {
  const outcome = await proxy.change((writer) => {
    for (const { id } of proxy.store.readTenant(1)!.endpoints) writer.remove(endpoint, id)
    writer.insert(endpoint, { poolId: 1, url })
  }, 'acme')
  assert.equal(outcome.outcome, 'applied')
}

function hasV6(): boolean {
  const all = Object.values(networkInterfaces()).flat()
  return all.some((each) => each?.family === 'IPv6' && !each.internal && !/^fe[89ab]/.test(each.address))
}

function recordsOf(address: string) {
  return address.includes(':') ? { aaaa: [address], ttl: 1 } : { a: [address], ttl: 1 }
}

function urlOf(address: string, port: number): string {
  return new URL(`http://${address.includes(':') ? `[${address}]` : address}:${port}`).origin
}
