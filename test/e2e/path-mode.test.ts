import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

/** What a client asks for, and which route serves it with which target; or the status that refuses it. */
type Row = readonly [target: string, outcome: readonly [route: string, sent: string] | 400 | 404]

const rows: readonly Row[] = [
  // As the client wrote it.
  ['/raw/a%2Fb', ['raw', '/raw/a%2Fb']],
  ['/raw/a%2fb%5cc%00d?q=%2f', ['raw', '/raw/a%2fb%5cc%00d?q=%2f']],
  ['/raw/%7euser/%61;x=1', ['raw', '/raw/%7euser/%61;x=1']],
  ['//r%61w//a', ['raw', '//r%61w//a']],
  ['/raw', ['raw', '/raw']],
  ['http://acme.test/raw/a%2fb', ['raw', '/raw/a%2fb']],
  // The prefix goes in whatever way it was written.
  ['/strip/a%2Fb', ['strip', '/a%2Fb']],
  ['//s%74rip///a//b?x', ['strip', '/a//b?x']],
  ['/strip', ['strip', '/']],
  // What is never allowed.
  ['/raw/a\\b', 400],
  ['/raw/a%zz', 400],
  ['/raw/caf\xe9', 400],
  ['/raw/a\x00b', 400],
  // Nothing climbs.
  ['/raw/a/./b', 400],
  ['/raw/a/%2e%2E/b', 400],
  ['/raw/../raw/a', 400],
  ['/raw/..%2Fadmin', 400],
  ['/raw/a%2F..%2F..%2Fadmin', 400],
  ['/raw/..%5cadmin', 400],
  ['/raw/..%00/admin', 400],
  ['/raw/..;/admin', 400],
  ['/strip/..%2Fadmin', 400],
  ['/strip/%2e%2e%2fadmin', 400],
  ['/admin/../raw/a', 400],
  // Nothing becomes another route's path by being decoded.
  ['/raw/inner%2Fx', 400],
  ['/raw/inner%00x', 400],
  ['/raw/inner%5cx', 400],
  ['/raw/other%2Finner', ['raw', '/raw/other%2Finner']],
  // A canonical route refuses what a raw one takes, and resolves what that refuses.
  ['/admin/a%2Fb', 400],
  ['/admin/a%5Cb', 400],
  ['/admin/a%00b', 400],
  ['/raw/inner/a%2Fb', 400],
  ['/raw/inner/x/../y', ['inner', '/raw/inner/y']],
  ['/admin/%61', ['admin', '/admin/a']],
  ['/raw/../admin', ['admin', '/admin']],
  ['/raw/%2e%2e/admin', ['admin', '/admin']],
  ['/raw/..', 404],
  ['/raw%2Finner%2Fx', 404],
  ['/nowhere/a%2Fb', 404],
]

test('a route for raw paths takes them as they are, and never for those of another route', async (t) => {
  const origin = await startRawOrigin(t, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  const pathMode = 'raw' as const
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: { web: { endpoints: [origin.url] } },
        routes: [
          { name: 'raw', path: '/raw', pathMode },
          { name: 'inner', path: '/raw/inner' },
          { name: 'strip', path: '/strip', pathMode, stripPrefix: true },
          { name: 'admin', path: '/admin' },
        ],
      },
    ],
  })
  const sentLines = () => origin.connections.flatMap(({ received }) => received.match(/^.* HTTP\/1\.1$/gm) ?? [])
  for (const [target, outcome] of rows) {
    await t.test(`${JSON.stringify(target)} ${String(outcome)}`, async (t) => {
      const before = sentLines().length
      const client = await connectRaw(t, proxy.port)
      client.write(`GET ${target} HTTP/1.1\r\nHost: acme.test\r\n\r\n`)
      const status = typeof outcome === 'number' ? outcome : 200
      await eventually(() => client.received.startsWith(`HTTP/1.1 ${status} `))
      if (status === 400) await client.untilEnded()
      const sent = typeof outcome === 'number' ? [] : [`GET ${outcome[1]} HTTP/1.1`]
      assert.deepEqual(sentLines().slice(before), sent)
    })
  }
  await proxy.server.close()
  const lines = [...queryLog(proxy.folder, {})]
  const served = rows.filter(([, outcome]) => typeof outcome !== 'number')
  assert.deepEqual(
    lines.filter(({ status }) => status === 200).map(({ route, path }) => [route, path]),
    served.map(([target, outcome]) => {
      const [route, sent] = outcome as readonly [string, string]
      const written = target.replace('http://acme.test', '')
      return [route, route === 'raw' || route === 'strip' ? written : sent]
    }),
  )
  assert.ok(
    lines.some(({ status, path, code }) => status === 400 && path === '/raw/..%2Fadmin' && code === 'bad_request'),
  )
})

test('OPTIONS * goes to the host’s root route as such, and to nobody where there is none', async (t) => {
  const origin = await startRawOrigin(t, 'HTTP/1.1 204 No Content\r\nAllow: GET\r\n\r\n')
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, {
    tenants: [
      { pools, routes: [{ name: 'api', path: '/api' }, { name: 'root' }] },
      { name: 'stripping', pools, routes: [{ stripPrefix: true, pathMode: 'raw' }] },
      { name: 'getting', pools, routes: [{ methods: ['GET'] }] },
      { name: 'narrow', pools, routes: [{ path: '/api' }] },
      { name: 'locked', pools, routes: [{ auth: 'key' }] },
    ],
  })
  const ask = async (host: string, target = '*') => {
    const client = await connectRaw(t, proxy.port)
    client.write(`OPTIONS ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    await client.until()
    return client.received
  }
  assert.match(await ask('acme.test'), /^HTTP\/1\.1 204 [^]*Allow: GET\r\n/)
  await ask('acme.test', 'http://acme.test')
  await ask('stripping.test')
  assert.match(await ask('getting.test'), /^HTTP\/1\.1 405 [^]*Allow: GET\r\n/)
  assert.match(await ask('narrow.test'), /^HTTP\/1\.1 404 /)
  assert.match(await ask('locked.test'), /^HTTP\/1\.1 401 /)
  const lines = origin.connections.flatMap(({ received }) => received.match(/^\S+ \S+ HTTP\/1\.1$/gm) ?? [])
  assert.deepEqual(lines, Array(3).fill('OPTIONS * HTTP/1.1'))
})
