import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { startClient, turns } from './start-client.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const ask = (method: string, path: string, fields = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: acme.test\r\n${fields}\r\n`

/** What becomes of a connection that has served `/first` when the request for `/second` comes over it. */
type Breaks = (connection: RawConnection) => void
const breaks: readonly (readonly [name: string, Breaks])[] = [
  ['ends', (connection) => connection.end()],
  ['resets', (connection) => connection.reset()],
]

/** An endpoint whose first connection has lain idle; then each of the first `stale` connections breaks at its next request. */
async function start(t: TestContext, breakOff: Breaks, stale = 1) {
  const started = await startClient(t, (connection, index) => {
    connection.onHead((request) => {
      if (request.includes('/second') && index < stale) breakOff(connection)
      else connection.write(ok)
    })
  })
  const { client, origin } = started
  client.write(ask('GET', '/first'))
  await client.until('ok')
  const requests = () => origin.connections.map(({ received }) => received.match(/^\w+ \/\w+/gm)?.join() ?? '')
  return { ...started, requests }
}

for (const [name, breakOff] of breaks) {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
    test(`${method} goes over a fresh connection when the idle one ${name}`, async (t) => {
      const { client, requests } = await start(t, breakOff)
      client.write(ask(method, '/second'))
      await eventually(() => client.headCount === 2)
      assert.deepEqual(requests(), [`GET /first,${method} /second`, `${method} /second`])
      assert.match(client.received, /ok ?HTTP\/1\.1 200/)
    })
  }

  for (const [method, fields] of [
    ['POST', ''],
    ['POST', 'Content-Length: 0\r\n'],
    ['PATCH', ''],
    ['LOCK', ''],
    ['POST', 'Content-Length: 4\r\n'],
  ] as const) {
    test(`${method} ${fields.trim()} is not sent again when the idle connection ${name}`, async (t) => {
      const { client, requests } = await start(t, breakOff)
      client.write(ask(method, '/second', fields) + (fields.includes('4') ? 'body' : ''))
      await client.until('"code":"endpoint_closed"')
      assert.deepEqual(requests(), [`GET /first,${method} /second`])
    })
  }

  test(`PUT goes with its body over a fresh connection when the idle one ${name}`, async (t) => {
    const { client, origin, requests } = await start(t, breakOff)
    client.write(`${ask('PUT', '/second', 'Content-Length: 4\r\n')}body`)
    await eventually(() => client.headCount === 2)
    assert.deepEqual(requests(), ['GET /first,PUT /second', 'PUT /second'])
    await eventually(() => origin.connections[1].received.endsWith('\r\n\r\nbody'))
  })

  test(`a request is sent again once: when the fresh connection ${name} as well, it is 502`, async (t) => {
    const { client, requests } = await start(t, breakOff, 3)
    client.write(ask('GET', '/second'))
    await client.until('"code":"endpoint_closed"')
    assert.match(client.received, /HTTP\/1\.1 502 /)
    assert.deepEqual(requests(), ['GET /first,GET /second', 'GET /second'])
  })
}

test('a request is not sent again when the reused connection has said a byte', async (t) => {
  for (const bytes of ['H', 'HTTP/1.1 103 Early Hints\r\n\r\n']) {
    const { client, requests } = await start(t, (connection) => connection.end(bytes))
    client.write(ask('GET', '/second'))
    await client.until('"code":"endpoint_closed"')
    assert.deepEqual(requests(), ['GET /first,GET /second'])
  }
})

for (const [name, breakOff] of breaks) {
  for (const order of ['before', 'after']) {
    test(`the idle connection ${name} as a request comes, just ${order}: GET is served, POST reaches it once at most`, async (t) => {
      const { client, origin } = await startClient(t, ok)
      for (let round = 0; round < 60; round += 1) {
        const method = round % 2 === 0 ? 'GET' : 'POST'
        client.write(ask('GET', '/warm'))
        await eventually(() => client.headCount === 2 * round + 1)
        const idle = origin.connections.at(-1)!
        if (order === 'before') breakOff(idle)
        client.write(ask(method, `/${method}-${round}`))
        if (order === 'after') breakOff(idle)
        await eventually(() => client.headCount === 2 * round + 2)
        const last = client.received.split(/(?=HTTP\/1\.1 )/).at(-1)!
        if (method === 'GET') assert.match(last, /^HTTP\/1\.1 200 /)
        else assert.match(last, /^HTTP\/1\.1 200 |"code":"endpoint_closed"/)
        await turns()
        const reached = origin.connections.filter(({ received }) => received.includes(`POST /POST-${round} `)).length
        assert.ok(reached <= 1, `POST was sent ${reached} times`)
      }
    })
  }
}
