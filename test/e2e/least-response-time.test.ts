import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { RequestListener } from 'node:http'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { request } from '../support/request.ts'

const slowMs = 20

test('who answers sooner gets the traffic, and who is slower is not forgotten', async (t) => {
  // So slow that a pause of the machine does not make the fast one look slower.
  const slow = await startOrigin(t, answerAfter(5 * slowMs))
  const fast = await startOrigin(t)
  await ask(t, [slow.url, fast.url], 60)
  assert.ok(slow.requests.length >= 1 && slow.requests.length <= 10, `${slow.requests.length}`)
  assert.equal(slow.requests.length + fast.requests.length, 60)
})

test('an endpoint that fails at once attracts no traffic', async (t) => {
  for (const status of [500, 503]) {
    const failing = await startOrigin(t, (_, response) => response.writeHead(status).end())
    const slow = await startOrigin(t, answerAfter(slowMs))
    const statuses = await ask(t, [failing.url, slow.url], 40)
    assert.ok(failing.requests.length <= 2, `${status}: ${failing.requests.length} of 40`)
    assert.equal(statuses.filter((each) => each === 200).length, slow.requests.length)
  }
})

test('an endpoint that resets every connection attracts none either', async (t) => {
  const resetting = await startRawOrigin(t, (connection) => connection.reset())
  const slow = await startOrigin(t, answerAfter(slowMs))
  const statuses = await ask(t, [resetting.url, slow.url], 40)
  assert.ok(statuses.filter((status) => status !== 200).length <= 2, statuses.join())
})

test('a 4xx is the client’s mistake, and says how fast the endpoint is', async (t) => {
  const strict = await startOrigin(t, (_, response) => response.writeHead(404).end())
  const slow = await startOrigin(t, answerAfter(slowMs))
  await ask(t, [strict.url, slow.url], 40)
  assert.ok(strict.requests.length >= 30, `${strict.requests.length} of 40`)
})

test('two threads know of the same failures', async (t) => {
  const failing = await startOrigin(t, (_, response) => response.writeHead(500).end())
  const slow = await startOrigin(t, answerAfter(slowMs))
  const statuses = await ask(t, [failing.url, slow.url], 60, 2)
  // Each request has a connection of its own, and the kernel spreads those.
  assert.ok(failing.requests.length <= 3, `${failing.requests.length} of 60`)
  assert.equal(statuses.length, 60)
})

function answerAfter(ms: number): RequestListener {
  return (_, response) => void setTimeout(() => response.end('x'), ms)
}

async function ask(t: TestContext, endpoints: readonly string[], count: number, threads = 1): Promise<number[]> {
  const web = { endpoints, balance: 'least-response-time' }
  const proxy = await startProxy(t, { tenants: [{ pools: { web } }] }, { threads })
  const statuses: number[] = []
  while (statuses.length < count) statuses.push((await request(proxy.port)).status)
  return statuses
}
