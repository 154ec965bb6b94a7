import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { canonicalPath } from '../../src/wire/http1/canonical-path.ts'
import { mutateFraming } from '../support/mutate-framing.ts'
import type { MutationHosts } from '../support/mutate-framing.ts'
import { naiveHabits, readNaively } from '../support/naive-readers.ts'
import { readRawResponse } from '../support/raw-response.ts'
import { seededRandom } from '../support/seeded-random.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestTenant } from '../support/write-config.ts'
import { llhttpMethods, readRequestsByLlhttp } from '../wire/http1/read-by-llhttp.ts'
import { readRequestsByMtlb } from '../wire/http1/read-by-mtlb.ts'
import type { ReadMessage } from '../wire/http1/read-messages.ts'
import { readCanonical } from './corpus/read-canonical.ts'
import { startRecordingOrigin } from './corpus/recording-origin.ts'
import type { RecordingOrigin } from './corpus/recording-origin.ts'

/** `MTLB_MUTATIONS` sends more of them, `MTLB_FUZZ_SEED` begins with another one: the seed that a failure names. */
const count = Number(process.env['MTLB_MUTATIONS'] ?? 3_000)
const firstSeed = Number(process.env['MTLB_FUZZ_SEED'] ?? 1)
const laneCount = 8

/** A tenant with an endpoint of its own: what comes there was sent in this lane. */
interface Lane {
  readonly hosts: MutationHosts
  readonly origin: RecordingOrigin
  /** By connection, what has been judged already. */
  readonly judged: number[]
}

test('for one request sent there is one at the endpoint, in one framing', async (t) => {
  const lanes = await startLanes(t)
  const { port } = await startProxy(t, { tenants: lanes.map((lane) => tenantOf(lane, lane.origin.url)) })
  await mutateInAll(lanes, port)
})

test('for one request sent to two mtlb in a row there is one at the endpoint, in the same framing', async (t) => {
  const lanes = await startLanes(t)
  const inner = await startProxy(t, { tenants: lanes.map((lane) => tenantOf(lane, lane.origin.url)) })
  const innerUrl = `http://127.0.0.1:${inner.port}`
  const { port } = await startProxy(t, { tenants: lanes.map((lane) => tenantOf(lane, innerUrl)) })
  await mutateInAll(lanes, port)
})

function startLanes(t: TestContext): Promise<Lane[]> {
  const start = async (index: number): Promise<Lane> => {
    const hosts = { host: `lane${index}.test`, other: `other.lane${index}.test` }
    return { hosts, origin: await startRecordingOrigin(t), judged: [] }
  }
  return Promise.all(Array.from({ length: laneCount }, (_, index) => start(index)))
}

function tenantOf({ hosts }: Lane, url: string): TestTenant {
  return { name: hosts.host.split('.')[0], hosts: [hosts.host, hosts.other], pools: { web: { endpoints: [url] } } }
}

async function mutateInAll(lanes: readonly Lane[], port: number): Promise<void> {
  let served = 0
  await Promise.all(
    lanes.map(async (lane, index) => {
      for (let seed = firstSeed + index; seed < firstSeed + count; seed += lanes.length) {
        const found = await mutateOnce(lane, port, seed)
        served += found
      }
    }),
  )
  // What is refused proves little.
  assert.ok(served >= Math.floor(count / 10), `only ${served} requests of ${count} mutations were served`)
}

/** Returns how many requests were served, but for the one behind the mutation. */
async function mutateOnce(lane: Lane, port: number, seed: number): Promise<number> {
  const random = seededRandom(seed)
  const mutation = mutateFraming(random, lane.hosts)
  const bytes = `${mutation}GET /behind HTTP/1.1\r\nHost: ${lane.hosts.host}\r\nConnection: close\r\n\r\n`
  try {
    const statuses = await exchange(port, bytes, random)
    return await judge(lane, bytes, statuses)
  } catch (error) {
    throw new Error(`MTLB_FUZZ_SEED=${seed} MTLB_MUTATIONS=1: ${JSON.stringify(bytes)}`, { cause: error })
  }
}

/** Sends the bytes in one to three writes; resolves with the final statuses once the connection has ended. */
async function exchange(port: number, bytes: string, random: SeededRandom): Promise<number[]> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true })
  const parts: Buffer[] = []
  const closed = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the connection has not ended after 10 s')), 10_000)
    const end = () => {
      clearTimeout(timer)
      socket.end()
      resolve()
    }
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('end', end)
    socket.on('close', end)
    socket.on('error', () => {})
  })
  const cuts = Array.from({ length: Math.max(0, random.below(6) - 3) }, () => random.below(bytes.length))
  let at = 0
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    socket.write(bytes.slice(at, cut), 'latin1')
    at = cut
    if (at < bytes.length) await new Promise((resolve) => setImmediate(resolve))
  }
  // It waits for the rest of a message that has none.
  if (!endsByItself(bytes)) socket.end()
  await closed
  socket.destroy()
  return finalStatuses(Buffer.concat(parts))
}

function endsByItself(bytes: string): boolean {
  const { messages, error } = readRequestsByMtlb(Buffer.from(bytes, 'latin1'), [])
  return error !== undefined || messages.some(({ keepAlive, isComplete }) => isComplete && !keepAlive)
}

function finalStatuses(received: Buffer): number[] {
  const statuses: number[] = []
  for (let rest = received; rest.length > 0;) {
    const answer = readRawResponse(rest, 'GET', true)
    assert.ok(answer, `half an answer: ${JSON.stringify(rest.toString('latin1'))}`)
    if (answer.status >= 200) statuses.push(answer.status)
    rest = rest.subarray(answer.byteLength)
  }
  return statuses
}

/**
 * Holds what came to the endpoint against what Node's own parser says was sent: one request for each answer of the endpoint's,
 * with the same method, target and body, in mtlb's one spelling, which every naive reader reads alike.
 */
async function judge(lane: Lane, bytes: string, statuses: readonly number[]): Promise<number> {
  // What was written to the endpoint before the client was answered is an event or two away.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(lane.origin.violations, [])
  const received = takeRequests(lane)
  const sent = readRequestsByLlhttp(Buffer.from(bytes, 'latin1')).messages
  const unanswered = sent.slice(statuses.length, statuses.length + 1)
  const served = [...sent.filter((_, index) => statuses[index] === 204), ...unanswered]
  for (const [index, request] of received.entries()) {
    // llhttp refuses a method that it does not know, and reads no further.
    if (!llhttpMethods.has(request.start.split(' ', 1)[0])) break
    const wanted = served.at(index)
    assert.ok(wanted, `a request that nobody sent: ${JSON.stringify(request)}`)
    assert.deepEqual(request, { start: forwardedStart(wanted), body: wanted.body })
  }
  const answered = statuses.filter((status) => status === 204).length
  assert.ok(received.length >= answered, `${answered} answers to ${received.length} requests`)
  return received.filter(({ start }) => start !== 'GET /behind').length
}

/** What has come since the last call, as all readers read it. */
function takeRequests(lane: Lane): { readonly start: string; readonly body: string }[] {
  return lane.origin.connections.flatMap(({ received }, index) => {
    const requests: { readonly start: string; readonly body: string }[] = []
    for (let at = lane.judged[index] ?? 0; ;) {
      const request = readCanonical(received, at)
      if (request === undefined) return requests
      const { start, body, end } = request
      for (const habits of naiveHabits) {
        const found = readNaively(received.slice(at, end), habits)
        assert.deepEqual(found, [{ start, body }], `read with ${JSON.stringify(habits)}`)
      }
      requests.push({ start, body })
      at = end
      lane.judged[index] = end
    }
  })
}

/** RFC 9112 section 3.2.2: an absolute target goes on in origin-form; the path has one spelling. */
function forwardedStart({ start }: ReadMessage): string {
  const [method, target] = start.split(' ')
  const [, path, query] = /^(?:https?:\/\/[^/?]+)?([^?]*)(.*)$/i.exec(target) ?? []
  const canonical = path === '*' ? path : canonicalPath(path || '/')
  assert.ok(typeof canonical === 'string', `a path that should have been refused: ${path}`)
  return `${method} ${canonical}${query}`
}
