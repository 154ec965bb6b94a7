import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mutateFraming } from '../../support/mutate-framing.ts'
import { brokenBodies } from '../../e2e/corpus/answers/broken-bodies.ts'
import { brokenHeads } from '../../e2e/corpus/answers/broken-heads.ts'
import { soundAnswers } from '../../e2e/corpus/answers/sound.ts'
import { requestCases } from '../../e2e/corpus/requests/index.ts'
import { acceptedBodies, refusedBodies } from './cases/chunked-bodies.ts'
import { acceptedRequests } from './cases/accepted-requests.ts'
import { refusedFields } from './cases/refused-fields.ts'
import { refusedFraming } from './cases/refused-framing.ts'
import { refusedLines } from './cases/refused-lines.ts'
import { acceptedResponses, refusedResponses } from './cases/responses.ts'
import { mutate } from './mutate.ts'
import { readRequestsByMtlb, readResponsesByMtlb } from './read-by-mtlb.ts'
import { llhttpMethods, readRequestsByLlhttp, readResponsesByLlhttp } from './read-by-llhttp.ts'
import type { ReadMessage, ReadMessages } from './read-messages.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import type { SeededRandom } from '../../support/seeded-random.ts'

/** `MTLB_FUZZ_SECONDS` makes it longer, `Infinity` endless; `MTLB_FUZZ_SEED` begins with the seed that a failure names. */
const fuzzMs = Number(process.env['MTLB_FUZZ_SECONDS'] ?? 12) * 1_000
const firstSeed = Number(process.env['MTLB_FUZZ_SEED'] ?? 1)
const longestSeed = 4_000

const chunkedPost = 'POST /a HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunkedAnswer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const bodies = [...acceptedBodies, ...refusedBodies].map(([, bytes]) => bytes)

/** Proxy-Connection, which is no field of HTTP and nothing to us, decides about persistence in llhttp. */
const requestSeeds = [
  'POST /a?b HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello',
  'POST /a HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n',
  `${chunkedPost}5\r\nhello\r\n0\r\nX: a\r\n\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n`,
  ...bodies.map((bytes) => chunkedPost + bytes),
  ...[...acceptedRequests, ...refusedLines, ...refusedFields, ...refusedFraming].map(([, bytes]) => bytes),
].filter((seed) => seed.length < longestSeed && !seed.includes('Proxy-Connection'))

const responseSeeds = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello',
  'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  ...bodies.map((bytes) => chunkedAnswer + bytes),
  ...[...acceptedResponses, ...refusedResponses].map(([, bytes]) => bytes),
].filter((seed) => seed.length < longestSeed)

/** Optional white space that llhttp does not take for such; RFC 9110 section 5.6.3 does, and we write these fields anew. */
const tabBehindFraming = /(?:chunked|content-length:[ \t]*\d*) *\t/i

/** What goes through the whole proxy too. */
const corpusRequests = requestCases.map(({ sent }) => sent).filter(isComparable)
const corpusAnswers = [...soundAnswers, ...brokenHeads, ...brokenBodies]
  .map(({ answer }) => answer)
  .filter(isComparable)

function isComparable(seed: string): boolean {
  return seed.length < longestSeed && !tabBehindFraming.test(seed) && !/proxy-connection/i.test(seed)
}

test('requests and responses that we accept, llhttp reads in the same way, however they are split', () => {
  for (const seed of [...requestSeeds, ...corpusRequests]) compareRequests(Buffer.from(seed, 'latin1'), seededRandom(1))
  for (const seed of [...responseSeeds, ...corpusAnswers])
    compareResponses(Buffer.from(seed, 'latin1'), seededRandom(1))
})

test('nor does llhttp read mutations of them in another way', () => {
  const deadline = performance.now() + fuzzMs
  const requests: Count = { inputs: 0, accepted: 0 }
  const responses: Count = { inputs: 0, accepted: 0 }
  for (let seed = firstSeed; performance.now() < deadline; seed++) {
    fuzz(seed, requests, { create: createRequest, compare: compareRequests })
    fuzz(seed, responses, { create: createAnswer, compare: compareResponses })
  }
  // Inputs that we refuse compare nothing.
  for (const { inputs, accepted } of [requests, responses])
    assert.ok(accepted > inputs / 10, `only ${accepted} messages of ${inputs} inputs were accepted`)
})

interface Count {
  inputs: number
  accepted: number
}

interface Direction {
  create(random: SeededRandom): string
  /** Returns how many messages were accepted. */
  compare(bytes: Buffer, random: SeededRandom): number
}

function fuzz(seed: number, count: Count, { create, compare }: Direction): void {
  const random = seededRandom(seed)
  const bytes = create(random)
  if (tabBehindFraming.test(bytes)) return
  try {
    count.inputs++
    count.accepted += compare(Buffer.from(bytes, 'latin1'), random)
  } catch (error) {
    throw new Error(`MTLB_FUZZ_SEED=${seed}: ${JSON.stringify(bytes)}`, { cause: error })
  }
}

/** Changes anywhere, or to the framing alone; often with a sound request behind them. */
function createRequest(random: SeededRandom): string {
  const behind = random.below(2) === 0 ? '' : 'GET /behind HTTP/1.1\r\nHost: a.test\r\n\r\n'
  if (random.below(3) === 0) return mutateFraming(random, { host: 'a.test', other: 'b.test' }) + behind
  return mutate(random, random.below(2) === 0 ? requestSeeds : corpusRequests) + behind
}

function createAnswer(random: SeededRandom): string {
  return mutate(random, random.below(2) === 0 ? responseSeeds : corpusAnswers)
}

function compareRequests(bytes: Buffer, random: SeededRandom): number {
  const ours = readRequestsByMtlb(bytes, [])
  const theirs = readRequestsByLlhttp(bytes)
  checkMessages(knownMethodsOf(ours), theirs)
  checkPersistence(knownMethodsOf(ours), theirs)
  for (const cuts of splitsOf(random, bytes.length)) {
    assert.deepEqual(readRequestsByMtlb(bytes, cuts), ours, `split at ${cuts.join()}`)
    checkMessages(knownMethodsOf(ours), readRequestsByLlhttp(bytes, cuts))
  }
  return ours.messages.length
}

function compareResponses(bytes: Buffer, random: SeededRandom): number {
  const method = random.pick(['GET', 'HEAD'])
  const ours = readResponsesByMtlb(bytes, method, [])
  checkMessages(ours.messages, readResponsesByLlhttp(bytes, method))
  for (const cuts of splitsOf(random, bytes.length)) {
    assert.deepEqual(readResponsesByMtlb(bytes, method, cuts), ours, `split at ${cuts.join()}`)
    checkMessages(ours.messages, readResponsesByLlhttp(bytes, method, cuts))
  }
  return ours.messages.length
}

/** One cut at every boundary (of long inputs at a sample), one after every byte, and some random ones. */
function* splitsOf(random: SeededRandom, length: number): Generator<number[]> {
  const stride = length < 600 ? 1 : 1 + Math.floor(length / 100)
  for (let cut = 1; cut < length; cut += stride) yield [cut]
  if (length < longestSeed) yield Array.from({ length: length - 1 }, (_, index) => index + 1)
  for (let round = 0; round < 3; round++) yield randomCuts(random, length)
}

function checkMessages(ours: readonly ReadMessage[], theirs: ReadMessages): void {
  ours.forEach((our, index) => {
    const their = theirs.messages.at(index)
    assert.ok(their, `llhttp did not read message ${index}: ${theirs.error}`)
    assert.deepEqual(headOf(their), headOf(our))
    assert.ok(their.body.startsWith(our.body), `body of message ${index}`)
    if (our.isComplete) assert.deepEqual([their.isComplete, their.body], [true, our.body], `end of message ${index}`)
  })
}

/** One way only: for llhttp, `keep-alive` beats `close`. */
function checkPersistence(ours: readonly ReadMessage[], theirs: ReadMessages): void {
  ours.forEach(({ keepAlive }, index) => {
    assert.ok(!keepAlive || theirs.messages[index].keepAlive, `persistence after message ${index}`)
  })
}

/** llhttp refuses a method that it does not know, so that nothing from there on can be compared. */
function knownMethodsOf({ messages }: ReadMessages): ReadMessage[] {
  const unknownAt = messages.findIndex(({ start }) => !llhttpMethods.has(start.slice(0, start.indexOf(' '))))
  return unknownAt === -1 ? messages : messages.slice(0, unknownAt)
}

/** Without what we change on purpose: names with an underscore are dropped, zeros before a length are cut. */
function headOf({ start, minorVersion, fields }: ReadMessage): unknown {
  const comparable = fields
    .filter(([name]) => !name.includes('_'))
    .map(([name, value]) => [name, name.toLowerCase() === 'content-length' ? Number(value) : value])
  return { start, minorVersion, fields: comparable }
}

function randomCuts(random: SeededRandom, length: number): number[] {
  return Array.from({ length: random.below(6) }, () => random.below(length + 1)).toSorted((a, b) => a - b)
}
