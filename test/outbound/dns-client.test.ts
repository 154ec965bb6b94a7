import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { test } from 'node:test'
import { askServers } from '../../src/outbound/dns-client.ts'
import type { AskingPlan, Question } from '../../src/outbound/dns-client.ts'
import { readAddresses, readServices } from '../../src/outbound/read-records.ts'
import type { Lookup } from '../../src/outbound/read-records.ts'
import { cleanUp } from '../support/clean-up.ts'
import { seededRandom } from '../support/seeded-random.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { startDnsServer } from '../support/start-dns-server.ts'
import type { DnsServer, Zone } from '../support/start-dns-server.ts'

const web = { name: 'web.internal', type: 'A' } as const
const never = new AbortController().signal
const good = { a: ['10.0.0.1'], ttl: 7 } as const
const found: Lookup<string> = { outcome: 'found', values: ['10.0.0.1'], ttlMs: 7_000 }

const cases: readonly { name: string; zone: Zone; question?: Question; is: Lookup<string> | { failure: RegExp } }[] = [
  { name: 'one address', zone: good, is: found },
  {
    name: 'several addresses',
    zone: { a: ['10.0.0.2', '10.0.0.1'], ttl: 1 },
    is: { outcome: 'found', values: ['10.0.0.2', '10.0.0.1'], ttlMs: 1_000 },
  },
  {
    name: 'v6 addresses, in canonical form',
    zone: { aaaa: ['2001:0db8:0:0::0001'], ttl: 1 },
    question: { name: 'web.internal', type: 'AAAA' },
    is: { outcome: 'found', values: ['2001:db8::1'], ttlMs: 1_000 },
  },
  { name: 'a time to live that is none', zone: { a: ['10.0.0.1'], ttl: 2 ** 31 }, is: { ...found, ttlMs: 0 } },
  { name: 'no idea of EDNS', zone: 'old', is: found },
  { name: 'an answer over TCP where it is too long', zone: { ...good, isTooLong: true }, is: found },
  { name: 'an answer over TCP where a record is broken off', zone: { ...good, isBrokenOff: true }, is: found },
  {
    name: 'no such name',
    zone: 'nxdomain',
    is: { outcome: 'none', isAbsent: true, reason: 'there is no such name (NXDOMAIN)' },
  },
  { name: 'no such record', zone: {}, is: { outcome: 'none', isAbsent: false, reason: 'the name has no A record' } },
  { name: 'a server that fails', zone: 'servfail', is: { failure: /has failed \(SERVFAIL\)/ } },
  { name: 'a server that refuses', zone: 'refused', is: { failure: /refuses to answer \(REFUSED\)/ } },
  { name: 'a server that says nothing', zone: 'silent', is: { failure: /no answer within 150 ms/ } },
  { name: 'a server that talks nonsense', zone: 'garbage', is: { failure: /no answer within 150 ms/ } },
  { name: 'a server that stalls over TCP', zone: 'stalling', is: { failure: /no answer within 150 ms/ } },
  {
    name: 'a server that hangs up over TCP',
    zone: 'hanging-up',
    is: { failure: /closed before its answer was complete/ },
  },
  { name: 'a forged id ahead of the answer', zone: { ...good, forged: 'id' }, is: found },
  { name: 'a forged question ahead of the answer', zone: { ...good, forged: 'name' }, is: found },
  { name: 'a forged type ahead of the answer', zone: { ...good, forged: 'type' }, is: found },
  { name: 'a forged class ahead of the answer', zone: { ...good, forged: 'class' }, is: found },
  { name: 'a query ahead of the answer', zone: { ...good, forged: 'query' }, is: found },
  { name: 'an address of another name in the answer', zone: { ...good, forged: 'address' }, is: found },
]

for (const { name, zone, question = web, is } of cases) {
  test(`a name server has ${name}`, async (t) => {
    const server = await startDnsServer(t)
    server.set('web.internal', zone)
    const asked = await askServers(question, planOf(server), never)
    if ('failure' in is) assert.match('failure' in asked ? asked.failure : '', is.failure)
    else assert.deepEqual('answer' in asked && readAddresses(asked.answer, question), is)
  })
}

test('aliases are followed within the answer, with the shortest time to live of all, and a loop ends', async (t) => {
  const server = await startDnsServer(t)
  server.set('web.internal', { cname: 'Lb.internal', ttl: 3 })
  server.set('lb.internal', { cname: 'node.internal', ttl: 9 })
  server.set('node.internal', { a: ['10.0.0.1'], ttl: 60 })
  server.set('loop.internal', { cname: 'loop.internal' })
  assert.deepEqual(await ask(server, web), { ...found, ttlMs: 3_000 })
  const looping = await ask(server, { name: 'loop.internal', type: 'A' })
  assert.equal(looping?.outcome, 'none')
})

test('a service has hosts and ports; a dot stands for none', async (t) => {
  const server = await startDnsServer(t)
  server.setService('_web._tcp.internal', [
    { target: 'W1.internal', port: 8080, priority: 10, weight: 60, ttl: 5 },
    { target: '.', port: 0, priority: 0, weight: 0 },
    { target: 'bad name', port: 80, priority: 0, weight: 0 },
  ])
  const question = { name: '_web._tcp.internal', type: 'SRV' } as const
  const asked = await askServers(question, planOf(server), never)
  assert.deepEqual('answer' in asked && readServices(asked.answer, question), {
    outcome: 'found',
    values: [{ host: 'w1.internal', port: 8080, priority: 10, weight: 60 }],
    ttlMs: 5_000,
  })
})

test('servers are asked in turn, and each as often as was said', async (t) => {
  const [bad, second] = [await startDnsServer(t), await startDnsServer(t)]
  bad.set('web.internal', 'servfail')
  second.set('web.internal', 'servfail')
  const servers = [bad, { port: 1 }, second].map(({ port }) => ({ address: '127.0.0.1', port }))
  const plan = { ...planOf(bad), servers, attempts: 2 }
  assert.ok('failure' in (await askServers(web, plan, never)))
  assert.deepEqual([bad.questions.length, second.questions.length], [2, 2])
  second.set('web.internal', good)
  const asked = await askServers(web, plan, never)
  assert.deepEqual('answer' in asked && readAddresses(asked.answer, web), found)
})

test('where no server listens, that is known at once', async () => {
  const asked = await askServers(
    web,
    { servers: [{ address: '127.0.0.1', port: 1 }], timeoutMs: 60_000, attempts: 1 },
    never,
  )
  assert.deepEqual(asked, { failure: 'no name server is there (ECONNREFUSED)' })
  assert.deepEqual(await askServers(web, { servers: [], timeoutMs: 1, attempts: 1 }, never), {
    failure: 'there is no name server',
  })
})

for (const address of ['fe80::1', '255.255.255.255']) {
  test(`a name server at ${address}, where nobody can be, is a failure like any other`, async () => {
    const plan = { servers: [{ address, port: 53 }], timeoutMs: 100, attempts: 1 }
    assert.ok('failure' in (await askServers(web, plan, never)))
  })
}

test('whoever ends waits for nobody', async (t) => {
  const server = await startDnsServer(t)
  server.set('web.internal', 'silent')
  const end = new AbortController()
  const asking = askServers(web, { ...planOf(server), timeoutMs: 60_000 }, end.signal)
  end.abort()
  assert.deepEqual(await asking, { failure: 'the server ends' })
})

test('2,000 datagrams of nonsense ahead of an answer harm nobody', async (t) => {
  const random = seededRandom(7)
  const socket = createSocket('udp4')
  cleanUp(t, () => socket.close())
  socket.on('message', (query, { port }) => {
    for (let count = 0; count < 100; count++) socket.send(mutate(query, random), port, '127.0.0.1')
    const answer = Buffer.from(query)
    // An answer, and a server that fails.
    answer[2] |= 0x80
    answer[3] = 0x82
    socket.send(answer, port, '127.0.0.1')
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const servers = [{ address: '127.0.0.1', port: socket.address().port }]
  for (let turn = 0; turn < 20; turn++) {
    const asked = await askServers(web, { servers, timeoutMs: 2_000, attempts: 1 }, never)
    if ('answer' in asked) readAddresses(asked.answer, web)
    else assert.match(asked.failure, /\((SERVFAIL|FORMERR|NOTIMP|REFUSED|[A-Z_0-9]+)\)/)
  }
})

function mutate(query: Buffer, random: SeededRandom): Buffer {
  const extra = Buffer.from(Array.from({ length: random.below(40) }, () => random.below(256)))
  const bytes = Buffer.concat([query, extra]).subarray(0, random.below(query.length + extra.length + 1))
  for (let flips = 0; flips < 4 && bytes.length > 4; flips++) {
    bytes[2 + random.below(bytes.length - 2)] = random.below(256)
  }
  if (bytes.length > 2 && random.fraction() < 0.7) bytes[2] |= 0x80
  return bytes
}

function planOf({ port }: Pick<DnsServer, 'port'>): AskingPlan {
  return { servers: [{ address: '127.0.0.1', port }], timeoutMs: 150, attempts: 1 }
}

async function ask(server: DnsServer, question: Question): Promise<Lookup<string> | undefined> {
  const asked = await askServers(question, planOf(server), never)
  return 'answer' in asked ? readAddresses(asked.answer, question) : undefined
}
