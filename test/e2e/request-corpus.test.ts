import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openRawClient } from '../support/raw-client.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRecordingOrigin } from './corpus/recording-origin.ts'
import type { RecordingOrigin } from './corpus/recording-origin.ts'
import { get, seen } from './corpus/request-case.ts'
import type { RequestCase } from './corpus/request-case.ts'
import { requestCases } from './corpus/requests/index.ts'

const probe = get('X-Probe: yes')
const routes = [{}, { path: '/small', maxBodyBytes: 8 }, { path: '/raw', pathMode: 'raw' as const }]
const seenProbe = seen('GET /', 'X-Probe: yes')

test('there are at least 300 cases, and every name is used once', () => {
  const names = requestCases.map(({ name }) => name)
  const repeated = names.filter((name, index) => names.indexOf(name) !== index)
  assert.deepEqual(repeated, [])
  assert.ok(names.length >= 300, `${names.length} cases`)
})

test('what is accepted reaches the endpoint in one spelling, and nothing of what is refused does', async (t) => {
  const origin = await startRecordingOrigin(t)
  const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } }, routes }] })
  for (const each of requestCases)
    await t.test(each.name, (t) => playCase(t, { port, origin, respell: (received) => received }, each))
  assert.deepEqual(origin.violations, [])
})

test('a second mtlb behind the first one changes nothing', async (t) => {
  // What the inner one hears is HTTP/1.1 in any case.
  const respell = (received: string) => received.replaceAll('Via: 1.0 mtlb', 'Via: 1.1 mtlb')
  await playChained(t, {}, respell)
})

test('a second mtlb that trusts the first one adds to what that one says', async (t) => {
  const respell = (received: string) =>
    received
      .replaceAll(/^X-Forwarded-For: .*$/gm, '$&, 127.0.0.1')
      .replaceAll(/^Forwarded: (.*)$/gm, 'Forwarded: $1, $1')
      .replaceAll(/^Via: .*$/gm, '$&, 1.1 mtlb')
  await playChained(t, { 'trusted-proxies': '127.0.0.1' }, respell)
})

async function playChained(
  t: TestContext,
  settings: Readonly<Record<string, string>>,
  respell: (received: string) => string,
): Promise<void> {
  const origin = await startRecordingOrigin(t)
  const inner = await startProxy(t, { settings, tenants: [{ pools: { web: { endpoints: [origin.url] } }, routes }] })
  const innerUrl = `http://127.0.0.1:${inner.port}`
  const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [innerUrl] } }, routes }] })
  for (const each of requestCases) {
    if (each.isAtLimit === true) continue
    await t.test(each.name, (t) => playCase(t, { port, origin, respell }, each))
  }
  assert.deepEqual(origin.violations, [])
}

interface Stage {
  readonly port: number
  readonly origin: RecordingOrigin
  /** What the last proxy makes of what a single one would send. */
  readonly respell: (received: string) => string
}

async function playCase(
  t: TestContext,
  { port, origin, respell }: Stage,
  { sent, answers, isClosed, received }: RequestCase,
) {
  origin.take()
  const client = await openRawClient(t, port)
  client.send(sent)
  const method = sent.trimStart().startsWith('HEAD ') ? 'HEAD' : 'GET'
  const statuses: number[] = []
  while (statuses.length < answers.length) {
    const { status, fields } = await client.readResponse({ method })
    statuses.push(status)
    // RFC 9110 section 15.5.6.
    if (status === 405) assert.match(fields.get('allow') ?? '', /GET/)
    if (isClosed && status >= 400 && statuses.length === answers.length) assert.equal(fields.get('connection'), 'close')
  }
  assert.deepEqual(statuses, answers)
  if (isClosed) await client.closed
  else {
    client.send(probe)
    assert.equal((await client.readResponse()).status, 204, 'the next request')
  }
  assert.equal(client.unread.toString('latin1'), '', 'nothing more is answered')
  await turns(3)
  assert.equal(origin.take(), respell(isClosed ? received : received + seenProbe))
}

/** What the proxy wrote to the endpoint before it answered is here by now, and an event or two away. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
