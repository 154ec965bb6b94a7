import { createSocket } from 'node:dgram'
import type { RemoteInfo } from 'node:dgram'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { decode, encode, streamEncode } from 'dns-packet'
import type { Answer, DecodedPacket, Packet } from 'dns-packet'
import { cleanUp } from './clean-up.ts'

/** What a name has, or how the server misbehaves when it is asked for it. */
export type Zone = Records | Misbehaviour

export interface Records {
  readonly a?: readonly string[]
  readonly aaaa?: readonly string[]
  readonly cname?: string
  /** In seconds; default 60. */
  readonly ttl?: number
  readonly delayMs?: number
  /** Whatever does not fit a datagram is left to TCP. */
  readonly isTooLong?: boolean
  /** The same of an old server, whose datagram ends in the middle of a record. */
  readonly isBrokenOff?: boolean
  /** A forged answer goes ahead of the good one. */
  readonly forged?: 'id' | 'name' | 'type' | 'class' | 'query' | 'address'
}

export type Misbehaviour =
  | 'nxdomain'
  | 'servfail'
  | 'refused'
  | 'silent'
  | 'garbage'
  /** It has never heard of EDNS, does not even repeat such a question, and has 10.0.0.1 for who asks without. */
  | 'old'
  /** Over TCP, once a datagram has said that it is too long. */
  | 'stalling'
  | 'hanging-up'

export interface Service {
  readonly target: string
  readonly port: number
  readonly priority: number
  readonly weight: number
  readonly ttl?: number
}

export interface Asked {
  readonly name: string
  readonly type: string
  readonly transport: 'udp' | 'tcp'
}

export interface DnsServer {
  readonly port: number
  /** In the order of arrival. */
  readonly questions: readonly Asked[]
  set(name: string, zone: Zone): void
  setService(name: string, records: readonly Service[]): void
}

const rcodes = { nxdomain: 3, servfail: 2, refused: 5 }
const isAnswer = 0x8180
const isCut = 0x0200
/** Of an A record, its time to live is gone as well. */
const bytesBrokenOff = 8

/** A name server on 127.0.0.1, over UDP and TCP, that says what a test wants. Whatever it does not know does not exist. */
export async function startDnsServer(t: TestContext): Promise<DnsServer> {
  const server = await openDnsServer()
  cleanUp(t, () => server.close())
  return server
}

/** The same for whoever closes it. */
export async function openDnsServer(): Promise<DnsServer & { close(): void }> {
  const zones = new Map<string, Zone>()
  const services = new Map<string, readonly Service[]>()
  const questions: Asked[] = []

  const answer = (bytes: Buffer, transport: 'udp' | 'tcp', send: (answer: Buffer) => void) => {
    const query = decode(bytes)
    const [{ name, type }] = query.questions!
    const key = name.toLowerCase()
    questions.push({ name: key, type, transport })
    const zone = zones.get(key) ?? (services.has(key) ? {} : 'nxdomain')
    const write = transport === 'udp' ? encode : streamEncode
    if (zone === 'silent') return
    if (zone === 'garbage') return send(Buffer.concat([bytes.subarray(0, 2), Buffer.from('no answer at all')]))
    if (zone === 'old') {
      const isPuzzled = (query.additionals ?? []).length > 0
      const answers = [{ type: 'A', name, ttl: 7, data: '10.0.0.1' } as const]
      if (isPuzzled) return send(write({ ...createAnswer(query, { flags: isAnswer | 1 }), questions: [] }))
      return send(write(createAnswer(query, { answers })))
    }
    if (zone === 'stalling' || zone === 'hanging-up') {
      if (transport === 'udp') send(encode(createAnswer(query, { flags: isAnswer | isCut })))
      else if (zone === 'hanging-up') send(Buffer.from([1, 0, 0]))
      return
    }
    if (typeof zone === 'string') return send(write(createAnswer(query, { flags: isAnswer | rcodes[zone] })))
    const answers =
      type === 'SRV' ? (services.get(key) ?? []).map((each) => srvRecord(name, each)) : recordsOf(name, type, zones)
    const reply = () => {
      if (zone.forged !== undefined) send(write(forge(createAnswer(query, { answers }), zone.forged)))
      if (zone.isBrokenOff === true && transport === 'udp') {
        return send(encode(createAnswer(query, { flags: isAnswer | isCut, answers })).subarray(0, -bytesBrokenOff))
      }
      const isLeftOut = zone.isTooLong === true && transport === 'udp'
      send(write(createAnswer(query, isLeftOut ? { flags: isAnswer | isCut } : { answers })))
    }
    if (zone.delayMs === undefined) reply()
    else setTimeout(reply, zone.delayMs)
  }

  const { tcp, udp } = await listen()
  let isClosed = false
  udp.on('message', (bytes: Buffer, from: RemoteInfo) =>
    answer(bytes, 'udp', (reply) => {
      if (!isClosed) udp.send(reply, from.port, from.address)
    }),
  )
  const sockets = new Set<net.Socket>()
  tcp.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      answer(Buffer.from(bytes).subarray(2), 'tcp', (reply) => {
        if (reply.length > 3) socket.write(reply)
        else socket.end(reply)
      })
    })
  })
  return {
    close: () => {
      isClosed = true
      udp.close()
      tcp.close()
      for (const socket of sockets) socket.destroy()
    },
    port: udp.address().port,
    questions,
    set: (name, zone) => zones.set(name, zone),
    setService: (name, records) => services.set(name, records),
  }
}

/** Both on the same port, which need not be free for both at first. */
async function listen() {
  for (;;) {
    const tcp = net.createServer()
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket('udp4')
    const isBound = await new Promise<boolean>((resolve) => {
      udp.on('error', () => resolve(false))
      udp.bind(port, '127.0.0.1', () => resolve(true))
    })
    if (isBound) return { tcp, udp }
    tcp.close()
  }
}

function createAnswer(
  query: DecodedPacket,
  { flags = isAnswer, answers = [] }: { flags?: number; answers?: Answer[] },
): Packet {
  return { type: 'response', id: query.id!, flags, questions: query.questions!, answers }
}

function srvRecord(name: string, { ttl = 60, ...data }: Service): Answer {
  return { type: 'SRV', name, ttl, data }
}

function recordsOf(name: string, type: string, zones: ReadonlyMap<string, Zone>): Answer[] {
  const zone = zones.get(name.toLowerCase())
  if (zone === undefined || typeof zone === 'string') return []
  const { a = [], aaaa = [], cname, ttl = 60 } = zone
  if (cname !== undefined) {
    const next = cname === name ? [] : recordsOf(cname, type, new Map([...zones].filter(([key]) => key !== name)))
    return [{ type: 'CNAME', name, ttl, data: cname }, ...next]
  }
  if (type === 'A') return a.map((data) => ({ type: 'A', name, ttl, data }))
  return type === 'AAAA' ? aaaa.map((data) => ({ type: 'AAAA', name, ttl, data })) : []
}

/** An answer to something else, or from an attacker who has guessed all but one thing. */
function forge(answer: Packet, kind: NonNullable<Records['forged']>): Packet {
  const wrong = [wrongRecord(answer.questions![0].name)]
  switch (kind) {
    case 'id':
      return { ...answer, id: (answer.id! + 1) & 0xffff, answers: wrong }
    case 'name':
      return { ...answer, questions: [{ type: 'A', name: 'other.internal' }], answers: wrong }
    case 'type':
      return { ...answer, questions: [{ type: 'TXT', name: answer.questions![0].name }], answers: wrong }
    case 'class':
      return { ...answer, questions: [{ ...answer.questions![0], class: 'CH' }], answers: wrong }
    case 'query':
      return { ...answer, type: 'query', flags: 0x0100, answers: wrong }
    case 'address':
      // Of a name that nobody has asked for: it is no answer, though it comes with one.
      return { ...answer, answers: [wrongRecord('other.internal'), ...answer.answers!] }
    default:
      throw new Error(`unknown forgery ${String(kind satisfies never)}`)
  }
}

function wrongRecord(name: string): Answer {
  return { type: 'A', name, ttl: 60, data: '203.0.113.66' }
}
