import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { decode, encode } from 'dns-packet'
import type { DecodedPacket, OptAnswer, Packet } from 'dns-packet'
import { explainRcode, getRcode } from './rcode.ts'

export interface DnsServer {
  readonly address: string
  readonly port: number
}

export interface Question {
  /** Without its last dot. */
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'SRV'
}

/** How often and how long servers are asked. */
export interface AskingPlan {
  readonly servers: readonly DnsServer[]
  readonly timeoutMs: number
  /** Rounds through all servers. */
  readonly attempts: number
}

/** A good answer, NXDOMAIN included, or why there is none. */
export type Asked = { readonly answer: DecodedPacket } | { readonly failure: string }

/** Fragments of larger datagrams may be lost, or forged (https://www.dnsflagday.net/2020/). */
const udpPayloadBytes = 1_232

const headerBytes = 12

/** A thousand addresses fit. Names that lead to names take time that grows with the square: 0.5 s for the 64 KiB that there may be. */
const mostAnswerBytes = 32_768

/** Asks a question of one server after the other until one has a good answer (RFC 1035). Never rejects. */
export async function askServers(question: Question, plan: AskingPlan, signal: AbortSignal): Promise<Asked> {
  let failure = 'there is no name server'
  for (let attempt = 0; attempt < plan.attempts; attempt++) {
    for (const server of plan.servers) {
      const asked = await askServer(question, server, { timeoutMs: plan.timeoutMs, signal, isExtended: true })
      if ('answer' in asked) return asked
      failure = asked.failure
      if (signal.aborted) return asked
    }
  }
  return { failure }
}

interface Terms {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** With EDNS(0), which allows for longer datagrams. */
  readonly isExtended: boolean
}

async function askServer(question: Question, server: DnsServer, terms: Terms): Promise<Asked> {
  const asked = await askWhole(question, server, terms)
  // RFC 6891 section 7: so answers who knows nothing of extensions.
  const isPuzzled = 'answer' in asked && getRcode(asked.answer) === 'FORMERR'
  const plain = isPuzzled ? await askWhole(question, server, { ...terms, isExtended: false }) : asked
  if ('failure' in plain) return plain
  const error = explainRcode(getRcode(plain.answer))
  return error === undefined ? plain : { failure: error }
}

/** What does not fit a datagram is asked for over TCP (RFC 7766). */
async function askWhole(question: Question, server: DnsServer, terms: Terms): Promise<Asked> {
  const asked = await askOver('udp', question, server, terms)
  return 'answer' in asked && asked.answer.flag_tc ? askOver('tcp', question, server, terms) : asked
}

/** A socket of its own for each question: its port is as hard to guess as the id, and it hears of nobody but that server (RFC 5452). */
function askOver(transport: 'udp' | 'tcp', question: Question, server: DnsServer, terms: Terms): Promise<Asked> {
  const id = randomInt(65_536)
  const { promise, resolve } = Promise.withResolvers<Asked>()
  const hear = (bytes: Buffer) => {
    const answer = readAnswer(bytes, question, id)
    if (answer !== undefined) resolve({ answer })
  }
  const close = openers[transport](server, {
    query: encode(createQuery(question, id, terms)),
    hear,
    fail: (failure) => resolve({ failure }),
  })
  const timer = setTimeout(() => resolve({ failure: `no answer within ${terms.timeoutMs} ms` }), terms.timeoutMs)
  const onAbort = () => resolve({ failure: 'the server ends' })
  terms.signal.addEventListener('abort', onAbort)
  if (terms.signal.aborted) onAbort()
  return promise.finally(() => {
    clearTimeout(timer)
    terms.signal.removeEventListener('abort', onAbort)
    close()
  })
}

interface Asking {
  readonly query: Buffer
  readonly hear: (bytes: Buffer) => void
  readonly fail: (failure: string) => void
}

const openers = { udp: openUdp, tcp: openTcp }

/** Whatever is no answer to the question is not listened to, and waiting goes on. */
function openUdp({ address, port }: DnsServer, { query, hear, fail }: Asking): () => void {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  const onError = (error: Error) => fail(explain(error))
  socket.on('error', onError)
  socket.on('message', (bytes) => hear(dropCutRecords(bytes)))
  // Node calls it with an error as well, though its documentation has no place for one.
  const onConnected = (error?: Error | null) => {
    if (error) onError(error)
    else socket.send(query, (failure) => failure && onError(failure))
  }
  socket.connect(port, address, onConnected)
  return () => {
    socket.removeAllListeners('error').on('error', () => {})
    socket.close()
  }
}

/** Old servers cut a datagram anywhere, and half a record cannot be read: all of it comes over TCP anyway. */
function dropCutRecords(bytes: Buffer): Buffer {
  const isCut = bytes.length >= headerBytes && (bytes[2] & 0x02) !== 0
  // How many answers, authorities and additional records there are.
  return isCut ? bytes.fill(0, 6, headerBytes) : bytes
}

/** RFC 1035 section 4.2.2: two bytes of length come before each message. */
function openTcp({ address, port }: DnsServer, { query, hear, fail }: Asking): () => void {
  const socket = connect({ host: address, port })
  let bytes = Buffer.alloc(0)
  socket.on('error', (error) => fail(explain(error)))
  socket.on('close', () => fail('it closed before its answer was complete'))
  socket.on('data', (part: Buffer) => {
    bytes = Buffer.concat([bytes, part])
    const length = bytes.length < 2 ? 0 : bytes.readUInt16BE(0)
    if (length > mostAnswerBytes) return fail(`its answer has more than ${mostAnswerBytes} bytes`)
    if (bytes.length < 2 || bytes.length < 2 + length) return
    hear(bytes.subarray(2, 2 + length))
    fail('its answer is no good')
  })
  socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]))
  return () => socket.destroy()
}

function createQuery({ name, type }: Question, id: number, { isExtended }: Terms): Packet {
  return {
    type: 'query',
    id,
    // Recursion desired.
    flags: 0x0100,
    questions: [{ type, name }],
    additionals: isExtended ? [extension] : [],
  }
}

const extension: OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: udpPayloadBytes,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

/** Undefined for what is no answer to that question. */
function readAnswer(bytes: Buffer, { name, type }: Question, id: number): DecodedPacket | undefined {
  // Before anything of a forged one is decoded.
  if (bytes.length < headerBytes || bytes.readUInt16BE(0) !== id) return undefined
  try {
    const answer = decode(bytes)
    const [question, ...more] = answer.questions ?? []
    if (answer.type !== 'response' || more.length > 0) return undefined
    // Who does not understand a question need not repeat it.
    if (question === undefined) return explainRcode(getRcode(answer)) === undefined ? undefined : answer
    if (question.type !== type || question.class !== 'IN') return undefined
    return question.name.toLowerCase() === name.toLowerCase() ? answer : undefined
  } catch {
    return undefined
  }
}

function explain(error: NodeJS.ErrnoException): string {
  return error.code === 'ECONNREFUSED' ? 'no name server is there (ECONNREFUSED)' : (error.code ?? error.message)
}
