import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readEvents } from '../../src/control/control-client.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { host } from '../../src/model/host.ts'
import { key } from '../../src/model/key.ts'
import { limit } from '../../src/model/limit.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Writer } from '../../src/store/writer.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startServer } from '../support/start-server.ts'

const [acme, globex] = [1, 2]

/** What rows may say, each by itself good enough for the schema, and together wrong: what it is, and what of it is told. */
const mistakes: readonly [name: string, write: (writer: Writer) => void, message: RegExp][] = [
  ['a route to a pool that is not there', (writer) => writer.update(route, globex, { pool: 'gone' }), /pool 'gone'/],
  [
    'a route to a pool that was not granted',
    (writer) => writer.update(route, globex, { pool: 'shared/all' }),
    /granted/,
  ],
  [
    'two routes of one path',
    (writer) => writer.insert(route, { tenantId: globex, name: 'twin', path: '/', pool: 'web' }),
    /also that of route/,
  ],
  ['an unknown algorithm', (writer) => writer.update(pool, globex, { balance: 'fastest' }), /fastest/],
  ['sticky by cookie and by hash at once', (writer) => writer.update(pool, globex, { balance: 'hash' }), /hash/],
  ['an unknown way to authenticate', (writer) => writer.update(route, globex, { auth: 'magic' }), /magic/],
  ['a limit that bounds nothing', (writer) => writer.insert(limit, { tenantId: globex, target: 'tenant' }), /nothing/],
  [
    'a burst without a rate',
    (writer) => writer.insert(limit, { tenantId: globex, target: 'tenant', burst: 5, concurrency: 1 }),
    /needs a rate/,
  ],
  ['a plan that is not there', (writer) => writer.update(tenant, globex, { plan: 'gold' }), /plan 'gold'/],
  [
    'a key that was written by hand',
    (writer) => writer.insert(key, { tenantId: globex, name: 'ci', hash: 'x'.repeat(64), prefix: 'mtlb_xxxx' }),
    /hex/,
  ],
  ['no pool any more', (writer) => writer.remove(pool, globex), /does not exist/],
]

async function start(t: TestContext) {
  const origins = await Promise.all(
    ['acme', 'globex', 'initech'].map((name) => startOrigin(t, (_, response) => response.end(name))),
  )
  const tenants = ['acme', 'globex', 'initech'].map((name, index) => ({
    name,
    hosts: [`${name}.test`, `api.${name}.test`],
    pools: { web: { endpoints: [origins[index].url] } },
  }))
  return startProxy(t, { tenants })
}

for (const [name, write, message] of mistakes) {
  test(`${name}: the tenant keeps what it had, and others change as if nothing were`, async (t) => {
    const { port, server, folder, change } = await start(t)
    const bodyOf = async (hostName: string, path = '/') => (await request(port, { host: hostName, path })).body
    const outcome = await change(write, 'globex')
    assert.equal(outcome.outcome, 'kept')
    const [quarantined] = server.status().tenants.quarantined
    assert.equal(quarantined.tenant, 'globex')
    assert.match(quarantined.problems[0].message, message)
    assert.notEqual(quarantined.problems[0].hint, '')
    const [event] = await readEvents(folder, { afterId: 0, tenant: 'globex' })
    assert.equal(event.kind, 'tenant_quarantined')
    assert.match(event.reason, message)
    assert.equal(await bodyOf('globex.test'), 'globex')
    const elsewhere = await startOrigin(t, (_, response) => response.end('new'))
    const applied = await change((writer) => writer.insert(endpoint, { poolId: acme, url: elsewhere.url }), 'acme')
    assert.equal(applied.outcome, 'applied')
    await eventually(async () => (await bodyOf('acme.test')) === 'new')
    assert.equal(await bodyOf('initech.test'), 'initech')
  })
}

test('a quarantined tenant serves after a restart, and what mends it is in force at once', async (t) => {
  const first = await start(t)
  await first.change((writer) => writer.update(route, globex, { pool: 'gone' }), 'globex')
  await first.server.close()
  const { port, server, change, folder } = await startServer(t, { folder: first.folder, threads: 1 })
  const ask = async (name: string) => request(port, { host: `${name}.test` })
  assert.equal((await ask('globex')).body, 'globex')
  assert.deepEqual(
    server.status().tenants.quarantined.map(({ tenant: name }) => name),
    ['globex'],
  )
  assert.equal((await change((writer) => writer.update(route, globex, { pool: 'web' }), 'globex')).outcome, 'applied')
  assert.deepEqual(server.status().tenants.quarantined, [])
  const kinds = (await readEvents(folder, { afterId: 0, tenant: 'globex' })).map(({ kind }) => kind)
  assert.deepEqual(kinds, ['tenant_quarantined', 'tenant_released'])
  assert.equal((await ask('globex')).body, 'globex')
})

test('what a quarantined tenant had does not take a name from who has it by now', async (t) => {
  const first = await start(t)
  await first.change((writer) => writer.update(route, globex, { pool: 'gone' }), 'globex')
  await first.server.close()
  first.store.write({ actor: 'test', command: 'test' }, (writer) => {
    const taken = first.store.find(host, { name: 'api.globex.test' })!
    writer.remove(host, taken.id)
    writer.insert(host, { tenantId: acme, name: 'api.globex.test' })
  })
  const { port } = await startServer(t, { folder: first.folder, threads: 1 })
  assert.equal((await request(port, { host: 'api.globex.test' })).body, 'acme')
  assert.equal((await request(port, { host: 'globex.test' })).status, 404)
})
