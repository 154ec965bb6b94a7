import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { openRawClient } from '../support/raw-client.ts'
import type { RawClient } from '../support/raw-client.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { AnswerCase, Told } from './corpus/answer-case.ts'
import { brokenBodies } from './corpus/answers/broken-bodies.ts'
import { brokenHeads } from './corpus/answers/broken-heads.ts'
import { soundAnswers } from './corpus/answers/sound.ts'
import { startRecordingOrigin } from './corpus/recording-origin.ts'
import type { Answer, RecordedConnection, RecordingOrigin } from './corpus/recording-origin.ts'
import { get } from './corpus/request-case.ts'

const cases = [...brokenHeads, ...brokenBodies, ...soundAnswers]
const probe = get('X-Probe: yes')

test('every name of a case is used once', () => {
  const names = cases.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
})

test('what an endpoint answers reaches the client in one spelling or not at all', async (t) => {
  const stage = await startStage(t)
  const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [stage.origin.url] } } }] })
  for (const each of cases) await t.test(each.name, (t) => playCase(t, { ...stage, port }, each))
})

test('a second mtlb in front of the first one changes nothing of it', async (t) => {
  const stage = await startStage(t)
  const inner = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [stage.origin.url] } } }] })
  const innerUrl = `http://127.0.0.1:${inner.port}`
  const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [innerUrl] } } }] })
  for (const each of soundAnswers) await t.test(each.name, (t) => playCase(t, { ...stage, port }, each))
})

interface Stage {
  readonly port: number
  readonly origin: RecordingOrigin
  /** What the origin answers with, but for probes. */
  readonly script: {
    case: AnswerCase | undefined
    last: RecordedConnection | undefined
    probed: RecordedConnection | undefined
  }
}

async function startStage(t: TestContext): Promise<Omit<Stage, 'port'>> {
  const script: Stage['script'] = { case: undefined, last: undefined, probed: undefined }
  const answer: Answer = (_request, connection) => {
    const isProbe =
      connection.received.endsWith('\r\n\r\n') && /X-Probe: yes\r\n(?:.+\r\n)*\r\n$/.test(connection.received)
    if (isProbe) {
      script.probed = connection
      connection.socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      return
    }
    script.last = connection
    connection.socket.write(script.case?.answer ?? '', 'latin1')
    if (script.case?.isLast === true) connection.socket.end()
  }
  return { origin: await startRecordingOrigin(t, answer), script }
}

async function playCase(t: TestContext, { port, origin, script }: Stage, each: AnswerCase): Promise<void> {
  script.case = each
  const client = await openRawClient(t, port)
  client.send(each.request)
  const method = each.request.startsWith('HEAD') ? 'HEAD' : 'GET'
  if (each.told === 'bad gateway') await assertBadGateway(client, method)
  else for (const told of each.told) assert.deepEqual(await readTold(client, method), told)
  if (each.isClosed) await client.closed
  const prober = each.isClosed ? await openRawClient(t, port) : client
  prober.send(probe)
  assert.equal((await prober.readResponse()).status, 204, 'the next request')
  assert.equal(prober.unread.toString('latin1'), '', 'nothing more is answered')
  const { last, probed } = script
  assert.ok(last && probed)
  assert.equal(probed === last ? 'kept' : 'burnt', each.connection)
  if (each.connection === 'burnt') await eventually(() => last.isEnded)
  assert.deepEqual(origin.violations, [])
}

async function readTold(client: RawClient, method: string): Promise<Told> {
  const { rawHead, body } = await client.readResponse({ method })
  const head = rawHead
    .replace(/\r\nX-Request-Id: [0-9a-f-]{36}\r\n/, '\r\nX-Request-Id: ID\r\n')
    .replace(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/, '\r\nDate: NOW\r\n')
  return { head, body: body.toString('latin1') }
}

/** Interim answers may have gone out before. */
async function assertBadGateway(client: RawClient, method: string): Promise<void> {
  let answer = await client.readResponse({ method })
  while (answer.status < 200) answer = await client.readResponse({ method })
  assert.equal(answer.status, 502)
  if (method !== 'HEAD') assert.match(answer.body.toString(), /"code":"endpoint_protocol"/)
}
