import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { callCli } from '../support/run-cli.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

async function start(t: TestContext, mirror: string, copyUrl?: string) {
  const bodies: string[] = []
  const origin = await startOrigin(t)
  const copy = await startOrigin(t, (incoming, response) => {
    let body = ''
    incoming.on('data', (part: Buffer) => (body += part.toString()))
    incoming.on('end', () => {
      bodies.push(body)
      response.end('copied')
    })
  })
  const pools = { web: { endpoints: [origin.url] }, canary: { endpoints: [copyUrl ?? copy.url] } }
  const proxy = await startProxy(t, { tenants: [{ pools, routes: [{ name: 'api', pool: 'web', mirror }] }] })
  return { ...proxy, origin, copy, bodies }
}

test('copies have what their requests have, and are counted at their endpoint alone', async (t) => {
  const { port, folder, copy, bodies, server } = await start(t, 'canary=100%')
  const answer = await request(port, {
    method: 'POST',
    path: '/x?y=z',
    body: 'hello',
    headers: { 'x-own': 'a', 'x-mtlb-trace': 'x' },
  })
  assert.equal(answer.status, 200)
  await request(port, { path: '/plain' })
  await eventually(() => copy.requests.length === 2)
  const [post, get] = copy.requests
  assert.deepEqual(
    [post.method, post.path, post.headers['x-own'], post.headers['x-mtlb-tenant']],
    ['POST', '/x?y=z', 'a', 'acme'],
  )
  assert.equal(post.headers['x-request-id'], answer.headers['x-request-id'])
  assert.equal(post.headers['x-mtlb-trace'], undefined)
  assert.deepEqual([get.method, get.path], ['GET', '/plain'])
  await eventually(() => bodies.includes('hello'))
  await server.close()
  const byEndpoint = queryStats(folder, { by: 'endpoint', sinceMs: 0 })
  assert.deepEqual([byEndpoint.length, byEndpoint[0].requests, byEndpoint[1].requests], [2, 2, 2])
  assert.ok(byEndpoint.some(({ name }) => name === copy.url))
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, 2)
  assert.equal([...queryLog(folder, {})].length, 2)
  // What is counted is whole: the ledger takes nothing else.
  const ledger = new Database(join(folder, 'ledger.db'), { readonly: true })
  const counts = ledger.prepare('SELECT counts FROM account').pluck().all()
  ledger.close()
  assert.doesNotMatch(JSON.stringify(counts), /\d\.\d/)
})

test('a share of requests is copied, and a change holds at once', async (t) => {
  const { port, copy, change } = await start(t, 'canary=25%')
  for (let index = 0; index < 200; index++) await request(port, {})
  await eventually(() => copy.requests.length >= 48)
  assert.ok(copy.requests.length <= 52, `${copy.requests.length} of 50`)
  await change((writer) => writer.update(route, 1, { mirror: undefined }), 'acme')
  const before = copy.requests.length
  for (let index = 0; index < 20; index++) await request(port, {})
  await sleep(50)
  assert.equal(copy.requests.length, before)
})

test('bodies up to 64 KiB are copied, longer ones are not', async (t) => {
  const { port, copy, bodies } = await start(t, 'canary=100%')
  const chunked = { 'transfer-encoding': 'chunked' }
  const lengths = [0, 1, 65_536, 65_537, 200_000]
  for (const length of lengths) {
    assert.equal((await request(port, { method: 'PUT', body: 'x'.repeat(length) })).status, 200)
    assert.equal((await request(port, { method: 'PUT', body: 'x'.repeat(length), headers: chunked })).status, 200)
  }
  await eventually(() => bodies.length === 6)
  await sleep(50)
  assert.equal(copy.requests.length, 6)
  assert.deepEqual(
    bodies.map(({ length }) => length).toSorted((a, b) => a - b),
    [0, 0, 1, 1, 65_536, 65_536],
  )
})

for (const [what, behave] of [
  ['hangs', () => {}],
  ['answers garbage', (connection: { write(text: string): void }) => connection.write('nonsense\r\n\r\n')],
  ['hangs up', (connection: { end(): void }) => connection.end()],
] as const) {
  test(`a mirror that ${what} delays and fails nobody, and its copies are bounded`, async (t) => {
    const broken = await startRawOrigin(t, (connection) => connection.onHead(() => behave(connection)))
    const { port, server } = await start(t, 'canary=100%', broken.url)
    const statuses = new Set<number>()
    const startMs = performance.now()
    for (let index = 0; index < 20; index++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => request(port, {})))
      for (const { status } of answers) statuses.add(status)
    }
    assert.deepEqual([...statuses], [200])
    assert.ok(performance.now() - startMs < 5_000)
    assert.ok(broken.connections.length <= 400)
    if (what === 'hangs') assert.ok(broken.connections.length <= 256, `${broken.connections.length} copies`)
    await server.close()
  })
}

test('a tenant that goes takes its copies with it in good order', async (t) => {
  const { port, change, copy, logged } = await start(t, 'canary=100%')
  await request(port, {})
  await eventually(() => copy.requests.length === 1)
  await change((writer) => writer.remove(tenant, 1), 'acme')
  assert.equal((await request(port, {})).status, 404)
  assert.deepEqual(
    logged.filter(({ level }) => level === 'error'),
    [],
  )
})

test('a mirror that is no pool is refused, and one that is used is not removed unasked', async (t) => {
  const { folder } = await start(t, 'canary=100%')
  const run = (...argv: string[]) => callCli(argv, { data: folder })
  const missing = await run('route', 'set', 'acme/api', '--mirror', 'cannary=10%')
  assert.equal(missing.code, 3)
  assert.match(missing.stderr, /Did you mean 'canary'/)
  assert.equal((await run('pool', 'remove', 'acme/canary')).code, 9)
  assert.equal((await run('route', 'set', 'acme/api', '--mirror=')).code, 0)
})
