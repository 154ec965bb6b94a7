import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Resolver } from '../../src/outbound/resolver.ts'
import { cleanUp } from '../support/clean-up.ts'
import { eventually } from '../support/eventually.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { startDnsServer } from '../support/start-dns-server.ts'
import type { DnsServer } from '../support/start-dns-server.ts'
import { tempFolder } from '../support/temp-store.ts'

const withV6 = ['127.0.0.1', '::1', '10.0.0.5', '2001:db8::5']

test('a name has the addresses of both families, each as it is', async (t) => {
  const { resolver, dns } = await start(t)
  dns.set('web.internal', { a: ['10.0.0.1'], aaaa: ['2001:db8::1'], ttl: 5 })
  assert.deepEqual(await resolver.lookUpAddresses('web.internal'), {
    v4: { outcome: 'found', values: ['10.0.0.1'], ttlMs: 5_000 },
    v6: { outcome: 'found', values: ['2001:db8::1'], ttlMs: 5_000 },
  })
})

test('a machine without a v6 address of its own does not ask for any', async (t) => {
  const { resolver, dns } = await start(t, { local: ['127.0.0.1', '::1', 'fe80::5'] })
  dns.set('web.internal', { a: ['10.0.0.1'], aaaa: ['2001:db8::1'], ttl: 5 })
  const { v6 } = await resolver.lookUpAddresses('web.internal')
  assert.equal(v6.outcome, 'none')
  assert.deepEqual(
    dns.questions.map(({ type }) => type),
    ['A'],
  )
})

test('interfaces are looked at once a second', async (t) => {
  let looks = 0
  const { resolver, clock } = await start(t, { local: () => ((looks += 1), withV6) })
  await Promise.all([resolver.lookUpAddresses('localhost'), resolver.lookUpAddresses('web.internal')])
  assert.equal(looks, 1)
  clock.advance(1_000)
  await resolver.lookUpAddresses('localhost')
  assert.equal(looks, 2)
})

test('the hosts file comes before all servers, and is followed', async (t) => {
  const { resolver, dns, clock, hosts } = await start(t)
  dns.set('web.internal', { a: ['10.0.0.1'] })
  writeFileSync(hosts, '10.0.0.9 Web.internal\n2001:db8::9 web.internal\n')
  clock.advance(1_000)
  const { v4, v6 } = await resolver.lookUpAddresses('WEB.internal.')
  assert.partialDeepStrictEqual([v4, v6], [{ values: ['10.0.0.9'] }, { values: ['2001:db8::9'] }])
  writeFileSync(hosts, '')
  clock.advance(1_000)
  assert.partialDeepStrictEqual(await resolver.lookUpAddresses('web.internal'), { v4: { values: ['10.0.0.1'] } })
})

test('localhost is the loopback, as far as there is one', async (t) => {
  const { resolver, dns } = await start(t)
  for (const name of ['localhost', 'app.localhost', 'LOCALHOST.']) {
    const { v4, v6 } = await resolver.lookUpAddresses(name)
    assert.partialDeepStrictEqual([v4, v6], [{ values: ['127.0.0.1'] }, { values: ['::1'] }])
  }
  const other = await start(t, { local: ['127.0.0.1'] })
  assert.equal((await other.resolver.lookUpAddresses('localhost')).v6.outcome, 'none')
  assert.deepEqual(dns.questions, [])
})

const searches = [
  {
    name: 'a short name goes through the search list first',
    asked: 'web',
    order: ['web.a.internal', 'web.b.internal', 'web'],
  },
  {
    name: 'a name with dots enough is asked for first',
    asked: 'web.c',
    order: ['web.c', 'web.c.a.internal', 'web.c.b.internal'],
  },
  { name: 'a last dot ends the search', asked: 'web.', order: ['web'] },
  {
    name: 'it takes more dots where that is said',
    asked: 'web.c',
    ndots: 2,
    order: ['web.c.a.internal', 'web.c.b.internal', 'web.c'],
  },
]

for (const { name, asked, ndots = 1, order } of searches) {
  test(`searching: ${name}`, async (t) => {
    const { resolver, dns } = await start(t, { resolvConf: `search a.internal b.internal\noptions ndots:${ndots}` })
    const { v4 } = await resolver.lookUpAddresses(asked)
    assert.deepEqual(
      [v4.outcome, dns.questions.filter(({ type }) => type === 'A').map((each) => each.name)],
      ['none', order],
    )
  })
}

test('a search ends at a name that exists, and at a server that fails', async (t) => {
  const { resolver, dns } = await start(t, { resolvConf: 'search a.internal b.internal\noptions attempts:1' })
  dns.set('web.a.internal', {})
  dns.set('db.a.internal', 'servfail')
  assert.partialDeepStrictEqual(await resolver.lookUpAddresses('web'), { v4: { outcome: 'none', isAbsent: false } })
  assert.partialDeepStrictEqual(await resolver.lookUpAddresses('db'), { v4: { outcome: 'failed' } })
  assert.deepEqual([...new Set(dns.questions.map(({ name }) => name))], ['web.a.internal', 'db.a.internal'])
})

test('of many questions 64 are under way, and the others wait', async (t) => {
  const { resolver, dns } = await start(t, { resolvConf: 'options timeout:30' })
  const other = await start(t, { dns })
  const names = Array.from({ length: 100 }, (_, at) => `n${at}.internal`)
  for (const name of names) dns.set(name, 'silent')
  const asking = names.map((name) => resolver.lookUpService(name))
  await eventually(() => dns.questions.length >= 64)
  // Whatever had been asked beyond that would have arrived before this one.
  await other.resolver.lookUpService('last.internal')
  assert.equal(dns.questions.length, 64 + 1)
  resolver.close()
  assert.ok((await Promise.all(asking)).every(({ outcome }) => outcome === 'failed'))
})

test('many names are asked for a few at a time, and all are answered', async (t) => {
  const { resolver, dns } = await start(t)
  const names = Array.from({ length: 200 }, (_, at) => `n${at}.internal`)
  for (const name of names) dns.set(name, { a: ['10.0.0.1'], delayMs: 5 })
  const lookups = await Promise.all(names.map((name) => resolver.lookUpAddresses(name)))
  assert.ok(lookups.every(({ v4 }) => v4.outcome === 'found'))
})

test('who is closed waits for nobody', async (t) => {
  const { resolver, dns } = await start(t)
  dns.set('web.internal', 'silent')
  const asking = resolver.lookUpAddresses('web.internal')
  resolver.close()
  assert.partialDeepStrictEqual(await asking, { v4: { outcome: 'failed', reason: 'the server ends' } })
})

interface Surroundings {
  readonly local?: readonly string[] | (() => readonly string[])
  readonly resolvConf?: string
  readonly dns?: DnsServer
}

async function start(t: TestContext, { local = withV6, resolvConf = '', dns: shared }: Surroundings = {}) {
  const dns = shared ?? (await startDnsServer(t))
  const clock = fakeClock()
  const folder = tempFolder(t)
  const [hosts, conf] = [join(folder, 'hosts'), join(folder, 'resolv.conf')]
  writeFileSync(hosts, '')
  writeFileSync(conf, resolvConf)
  const resolver = new Resolver({
    clock,
    servers: () => [{ address: '127.0.0.1', port: dns.port }],
    hosts,
    resolvConf: conf,
    localAddresses: typeof local === 'function' ? local : () => local,
  })
  cleanUp(t, () => resolver.close())
  return { resolver, dns, clock, hosts }
}
