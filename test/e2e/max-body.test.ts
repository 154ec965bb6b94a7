import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { RawScript } from '../support/start-raw-origin.ts'
import type { TestTenant } from '../support/write-config.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const sized = (body: string, length = body.length) =>
  `POST /small HTTP/1.1\r\nHost: acme.test\r\nContent-Length: ${length}\r\n\r\n${body}`
const chunked = 'POST /small HTTP/1.1\r\nHost: acme.test\r\nTransfer-Encoding: chunked\r\n\r\n'

async function start(t: TestContext, script: RawScript, limits: TestTenant['limits'] = {}) {
  const origin = await startRawOrigin(t, script)
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: { web: { endpoints: [origin.url] } },
        routes: [{ name: 'all' }, { name: 'small', path: '/small', maxBodyBytes: 10 }],
        limits,
      },
    ],
  })
  const client = await connectRaw(t, proxy.port)
  return { origin, proxy, client }
}

test('a length over the bound is refused before an endpoint is contacted', async (t) => {
  const { origin, client } = await start(t, ok)
  client.write(sized('', 11))
  await client.until('"code":"body_too_large"')
  assert.match(client.received, /^HTTP\/1\.1 413 /)
  assert.equal(origin.connections.length, 0)
})

test('a client that asks first is told instead of being asked for its body', async (t) => {
  const { client } = await start(t, ok)
  client.write(sized('', 11).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'))
  await client.until('"code":"body_too_large"')
  assert.match(client.received, /^HTTP\/1\.1 413 /)
})

test('a body of exactly the bound passes, with a length and in chunks whose framing does not count', async (t) => {
  const { origin, client } = await start(t, async (connection) => {
    await connection.until('0123456789')
    connection.write(ok)
    await eventually(() => connection.received.endsWith('0\r\n\r\n'))
    connection.write(ok)
  })
  client.write(sized('0123456789'))
  await client.until('ok')
  client.write(
    `${chunked}1;x=yyyyyyyyyyyyyyyyyyyy\r\n0\r\n9\r\n123456789\r\n0\r\nTrailer-That: is-longer-than-ten\r\n\r\n`,
  )
  await eventually(() => client.received.match(/\r\n\r\nok/g)?.length === 2)
  assert.equal(origin.connections.length, 1)
})

test('a body that proves too long is refused while it streams, and its endpoint never sees an end of it', async (t) => {
  const { origin, proxy, client } = await start(t, () => {})
  client.write(`${chunked}8\r\n01234567\r\n`)
  await eventually(() => origin.connections[0]?.received.endsWith('8\r\n01234567\r\n'))
  const before = origin.connections[0].received
  client.write(`3\r\n89x\r\n0\r\n\r\n${sized('next')}`)
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n[^]*"code":"body_too_large"/)
  assert.equal(client.headCount, 1)
  await origin.connections[0].untilEnded()
  assert.equal(origin.connections[0].received, before)
  assert.equal(origin.connections.length, 1)
  client.end()
  await proxy.server.close()
  const [line] = [...queryLog(proxy.folder, {})]
  assert.deepEqual([line.status, line.code, line.route], [413, 'body_too_large', 'small'])
})

test('a body that is too long in its first packet leaves the endpoint without a whole request', async (t) => {
  const { origin, client } = await start(t, ok)
  client.write(`${chunked}b\r\n0123456789x\r\n0\r\n\r\n`)
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 413 /)
  await eventually(() => origin.connections.every(({ isEnded }) => isEnded))
  for (const { received } of origin.connections) assert.doesNotMatch(received, /0\r\n\r\n$/)
})

test('an answer that has begun already breaks off for everybody to see', async (t) => {
  const { origin, proxy, client } = await start(t, async (connection) => {
    await connection.until()
    connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nearly')
  })
  client.write(`${chunked}1\r\n0\r\n`)
  await client.until('early')
  client.write('a\r\n0123456789\r\n')
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 200 [^]*\r\n\r\nearly$/)
  await origin.connections[0].untilEnded()
  await proxy.server.close()
  const [line] = [...queryLog(proxy.folder, {})]
  assert.deepEqual([line.status, line.code], [200, 'body_too_large'])
})

test('another route of the same tenant takes what it is sent', async (t) => {
  const { origin, client } = await start(t, async (connection) => {
    await connection.until('x'.repeat(1_000))
    connection.write(ok)
  })
  client.write(sized('x'.repeat(1_000)).replace('/small', '/large'))
  await client.until('ok')
  assert.equal(origin.connections.length, 1)
})

for (const [target, most] of [
  ['tenant', 5],
  ['route:small', 6],
] as const) {
  test(`the strictest of the limits decides, and says that it is ${target}'s`, async (t) => {
    const limits = { tenant: { maxBodyBytes: 7 }, 'route:small': { maxBodyBytes: 8 }, [target]: { maxBodyBytes: most } }
    const { client } = await start(t, ok, limits)
    client.write(sized('x'.repeat(most)))
    await client.until('ok')
    client.write(`${chunked}2\r\n01\r\n${most - 1}\r\n${'x'.repeat(most - 1)}\r\n0\r\n\r\n`)
    await client.until('"code":"body_too_large"')
    assert.match(client.received, new RegExp(`"violated-policies":\\["${target}"\\]`))
  })
}

test('a limit that refuses by length charges nothing, and a shadow only says so', async (t) => {
  const limits = {
    tenant: { maxBodyBytes: 5, rate: '1/h' },
    'route:small': { maxBodyBytes: 3, onExceed: 'shadow' },
  } as const
  const { client, proxy } = await start(t, ok, limits)
  client.write(sized('', 6).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'))
  await client.until('"violated-policies":["tenant"]')
  const other = await connectRaw(t, proxy.port)
  other.write(sized('01234'))
  await other.until('ok')
  other.write(sized('0'))
  await other.until('"code":"rate_limited"')
  other.end()
  client.end()
  await proxy.server.close()
  const lines = [...queryLog(proxy.folder, {})]
  assert.deepEqual(
    lines.map(({ status, shadowed_by: shadowed }) => [status, shadowed]).toSorted(([a], [b]) => Number(a) - Number(b)),
    [
      [200, ['route:small']],
      [413, []],
      [429, []],
    ],
  )
})
