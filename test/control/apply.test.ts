import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reloadServer } from '../../src/control/control-client.ts'
import { host } from '../../src/model/host.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startServer } from '../support/start-server.ts'
import { origin } from '../support/temp-store.ts'
import { writeTenant } from '../support/write-config.ts'

const empty = { pools: { web: { endpoints: [] } } }

test('what is in the database at the start is in force when the server has started', async (t) => {
  const echo = await startOrigin(t)
  const { port } = await startServer(t, {
    config: (writer) => writeTenant(writer, { pools: { web: { endpoints: [echo.url] } } }),
  })
  assert.equal((await request(port)).status, 200)
})

test('a commit that nobody announces is enforced by every data thread within 200 ms', async (t) => {
  const { port, store } = await startServer(t)
  assert.equal((await request(port)).status, 404)
  store.write(origin, (writer) => writeTenant(writer, empty))
  const committedAt = performance.now()
  await eventually(async () => (await request(port)).status === 503)
  const elapsedMs = performance.now() - committedAt
  assert.ok(elapsedMs < 200, `${elapsedMs} ms`)
})

test('an awaited change is enforced on every connection from then on', async (t) => {
  const { port, change } = await startServer(t, { threads: 3 })
  assert.partialDeepStrictEqual(await change((writer) => writeTenant(writer, empty), 'acme'), { outcome: 'applied' })
  const answers = await Promise.all(Array.from({ length: 30 }, () => request(port)))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]))
})

test('a removed tenant is gone', async (t) => {
  const { port, change, store, server } = await startServer(t, { config: (writer) => writeTenant(writer, empty) })
  const { id } = getTenant(store, 'acme')
  assert.partialDeepStrictEqual(await change((writer) => writer.remove(tenant, id), 'acme'), { outcome: 'applied' })
  assert.equal((await request(port)).status, 404)
  assert.equal(server.status().tenants.total, 0)
})

test('one changed tenant is the only one that is compiled and handed out', async (t) => {
  const { change, store, logged } = await startServer(t, {
    config: (writer) => {
      for (let number = 0; number < 50; number++) writeTenant(writer, { name: `tenant-${number}`, ...empty })
    },
  })
  await change((writer) => writer.update(tenant, getTenant(store, 'tenant-7').id, { state: 'suspended' }), 'tenant-7')
  const applied = logged.filter(({ code }) => code === 'applied')
  assert.deepEqual(
    applied.map(({ tenants }) => tenants),
    [50, 1],
  )
})

test('a tenant that does not compile keeps its last good revision, others go on, and mending it ends the quarantine', async (t) => {
  const { port, change, store, server } = await startServer(t, {
    config: (writer) => {
      writeTenant(writer, empty)
      writeTenant(writer, { name: 'globex', ...empty })
    },
  })
  const { revision: keptRevision } = getTenant(store, 'acme')
  const [acmeRoute] = store.list(route, { tenantId: getTenant(store, 'acme').id })

  const refused = await change((writer) => writer.update(route, acmeRoute.id, { pool: 'web2' }), 'acme')
  assert.partialDeepStrictEqual(refused, {
    outcome: 'kept',
    keptRevision,
    problems: [{ table: 'route', row: 'route0', field: 'pool', message: "pool 'web2' does not exist" }],
  })
  assert.equal((await request(port)).status, 503)
  const { tenants } = server.status()
  assert.equal(tenants.total, 2)
  assert.partialDeepStrictEqual(tenants.quarantined, [{ tenant: 'acme', keptRevision }])

  const globex = getTenant(store, 'globex').id
  const other = await change((writer) => writer.insert(host, { tenantId: globex, name: 'new.globex.test' }), 'globex')
  assert.equal(other.outcome, 'applied')
  assert.equal((await request(port, { host: 'new.globex.test' })).status, 503)

  const tenantId = getTenant(store, 'acme').id
  const mended = await change((writer) => writer.insert(pool, { tenantId, name: 'web2' }), 'acme')
  assert.equal(mended.outcome, 'applied')
  assert.deepEqual(server.status().tenants.quarantined, [])
})

test('a new tenant that does not compile has nothing in force', async (t) => {
  const { port, change } = await startServer(t)
  const routes = [{ pool: 'web2' }]
  const outcome = await change((writer) => writeTenant(writer, { ...empty, routes }), 'acme')
  assert.partialDeepStrictEqual(outcome, { outcome: 'kept', keptRevision: 0 })
  assert.equal((await request(port)).status, 404)
})

test('a host name that a quarantined tenant still holds is granted when that tenant is mended', async (t) => {
  const { port, change, store } = await startServer(t, {
    config: (writer) => {
      writeTenant(writer, { ...empty, hosts: ['shop.test'] })
      writeTenant(writer, { name: 'globex', ...empty, isSuspended: true })
    },
  })
  const tenantId = getTenant(store, 'acme').id
  const [acmeRoute] = store.list(route, { tenantId })
  const [shop] = store.list(host, { tenantId })
  // The holder gives the name up, but in a revision that does not compile: its last good one still has it.
  await change((writer) => {
    writer.update(route, acmeRoute.id, { pool: 'web2' })
    writer.remove(host, shop.id)
  }, 'acme')
  const globex = getTenant(store, 'globex').id
  const taken = await change((writer) => writer.insert(host, { tenantId: globex, name: 'shop.test' }), 'globex')
  assert.partialDeepStrictEqual(taken, {
    outcome: 'kept',
    problems: [{ table: 'host', row: 'shop.test', message: "host 'shop.test' is in use by another tenant" }],
  })
  assert.ok(!JSON.stringify(taken).includes('acme'))
  assert.equal((await request(port, { host: 'shop.test' })).status, 503)

  await change((writer) => writer.update(route, acmeRoute.id, { pool: 'web' }), 'acme')
  assert.equal((await request(port, { host: 'shop.test' })).status, 403)
})

test('settings that are wrong leave those in force, and the tenants’ changes go on', async (t) => {
  const { change, server } = await startServer(t)
  const refused = await change((writer) => writer.insert(setting, { name: 'header-timeout', value: 'soon' }))
  assert.partialDeepStrictEqual(refused, { outcome: 'kept', problems: [{ table: 'setting', row: 'header-timeout' }] })
  assert.equal(server.status().globalProblems.length, 1)
  assert.equal((await change((writer) => writeTenant(writer, empty), 'acme')).outcome, 'applied')
})

test('a reload finds what is as it was unchanged', async (t) => {
  const { folder, logged } = await startServer(t, { config: (writer) => writeTenant(writer, empty) })
  const status = await reloadServer(folder)
  assert.equal(status?.tenants.total, 1)
  assert.equal(logged.filter(({ code }) => code === 'reloaded').length, 1)
  assert.equal(logged.findLast(({ code }) => code === 'applied')?.tenants, 0)
})

function getTenant(store: Store, name: string) {
  const found = store.find(tenant, { name })
  assert.ok(found)
  return found
}
