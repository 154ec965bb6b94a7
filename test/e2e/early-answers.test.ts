import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { get, post, smuggled } from './corpus/request-case.ts'

const length = `Content-Length: ${5 + smuggled.length}`
const chunked = 'Transfer-Encoding: chunked'
const tooLarge = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nbig!'

async function startEarly(t: TestContext) {
  const origin = await startRawOrigin(t, () => {})
  const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, port)
  return { origin, port, client }
}

/** The request's head and the beginning of its body have reached the endpoint. */
async function send(
  client: RawConnection,
  origin: { connections: readonly RawConnection[] },
  head: string,
  body: string,
) {
  client.write(head + body)
  return eventually(() => origin.connections.find(({ received }) => received.includes('hello')))
}

for (const [name, head, start, rest] of [
  ['a length', post(length), 'hello', smuggled],
  ['chunks', post(chunked), '5\r\nhello\r\n', `5\r\nhello\r\n0\r\n\r\n${smuggled}`],
] as const) {
  test(`with ${name}: a complete early answer is the last on both connections, and the rest of the body nobody’s request`, async (t) => {
    const { origin, client } = await startEarly(t)
    const endpoint = await send(client, origin, head, start)
    const before = endpoint.received
    endpoint.write(tooLarge)
    await client.until('big!')
    assert.match(client.received, /\r\nConnection: close\r\n/)
    client.write(rest + smuggled)
    await endpoint.untilEnded()
    await client.untilEnded()
    assert.equal(endpoint.received, before)
    assert.equal(origin.connections.length, 1)
    assert.equal(client.received.match(/HTTP\/1\.1/g)?.length, 1)
  })

  test(`with ${name}: an answer that began early is the last on both connections, even where the body became complete`, async (t) => {
    const { origin, port, client } = await startEarly(t)
    const endpoint = await send(client, origin, head, start)
    endpoint.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst')
    await client.until('first')
    client.write(rest.endsWith(`0\r\n\r\n${smuggled}`) ? rest.slice(0, -smuggled.length) : rest)
    await endpoint.until(name === 'chunks' ? '0\r\n\r\n' : smuggled)
    endpoint.write('later')
    await client.until('later')
    await client.untilEnded()
    const next = await connectRaw(t, port)
    next.write(get())
    await eventually(() => origin.connections.some(({ received }) => received.startsWith('GET / ')))
    await endpoint.untilEnded()
    assert.equal(origin.connections.length, 2)
  })
}

test('an early answer without an end takes the body along for as long as it lasts', async (t) => {
  const { origin, client } = await startEarly(t)
  const endpoint = await send(client, origin, post(chunked), '5\r\nhello\r\n')
  endpoint.write('HTTP/1.1 200 OK\r\n\r\nfirst')
  await client.until('first')
  client.write('5\r\nthere\r\n')
  await endpoint.until('there')
  endpoint.end('last')
  await client.until('last')
  await client.untilEnded()
  assert.match(client.received, /last\r\n0\r\n\r\n$/)
})

test('an endpoint that asks for the rest of the body with 100 Continue has not answered', async (t) => {
  const { origin, client } = await startEarly(t)
  const endpoint = await send(client, origin, post('Content-Length: 10'), 'hello')
  endpoint.write('HTTP/1.1 100 Continue\r\n\r\n')
  client.write('there')
  await endpoint.until('there')
  endpoint.write('HTTP/1.1 204 No Content\r\n\r\n')
  await client.until()
  assert.match(client.received, /^HTTP\/1\.1 204 /)
  client.write(get())
  await eventually(() => endpoint.received.includes('GET / '))
  assert.equal(origin.connections.length, 1)
})
