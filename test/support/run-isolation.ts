import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import http from 'node:http'
import type { TestContext } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { Random } from '../../src/kit/random.ts'
import { ipRule } from '../../src/model/ip-rule.ts'
import { limit } from '../../src/model/limit.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Writer } from '../../src/store/writer.ts'
import { request } from './request.ts'
import { callCli } from './run-cli.ts'
import { startOrigin } from './start-origin.ts'
import { startProxy } from './start-proxy.ts'

const names = ['acme', 'globex', 'initech'] as const

interface Mark {
  readonly name: string
  readonly host: string
  readonly secret: string
  readonly routeName: string
  readonly poolName: string
  readonly endpointUrl: string
}

/** What a tenant may do or have done to it, and how it is asked about. */
interface World {
  readonly port: number
  readonly folder: string
  readonly marks: readonly Mark[]
  readonly agent: http.Agent
  readonly random: Random
  /** Every text that somebody was told, and whose it was to see. */
  told(owner: Mark, what: string, text: string): void
  change(work: (writer: Writer) => void, name: string): Promise<unknown>
}

/**
 * Three tenants do so many things at random, with three origins of their own and a shared one; whatever one of them is told, in
 * answers, fields, records, counters and errors, has nothing of another in it.
 */
export async function runIsolation(t: TestContext, { steps, seed }: { readonly steps: number; readonly seed: number }) {
  const random = new Random(seed)
  const seenBy = new Map<string, Set<string>>()
  const note = (endpoint: string, headers: IncomingHttpHeaders, connection: string) => {
    const key = `${endpoint} ${connection}`
    const owners = seenBy.get(key) ?? new Set()
    seenBy.set(key, owners.add(String(headers['x-mtlb-tenant'])))
  }
  const open = (endpoint: string) =>
    startOrigin(t, (incoming, response) => {
      note(endpoint, incoming.headers, String(incoming.socket.remotePort))
      response.setHeader('X-From', endpoint).end(`from ${endpoint} for ${String(incoming.headers['x-mtlb-tenant'])}`)
    })
  const origins = await Promise.all(names.map((name) => open(name)))
  const common = await open('shared')
  const marks = names.map((name, at): Mark => ({
    name,
    host: `${name}.test`,
    secret: mintKey().secret,
    routeName: `route-of-${name}`,
    poolName: `pool-of-${name}`,
    endpointUrl: origins[at].url,
  }))
  const tenants = marks.map((mark) => ({
    name: mark.name,
    hosts: [mark.host],
    grants: ['all'],
    pools: { [mark.poolName]: { endpoints: [mark.endpointUrl] } },
    routes: [
      { name: mark.routeName, pool: mark.poolName, auth: 'key' },
      { name: `${mark.routeName}-open`, path: '/open', pool: mark.poolName },
      { name: `${mark.routeName}-shared`, path: '/shared', pool: 'shared/all' },
    ],
    keys: { [`key-of-${mark.name}`]: mark.secret },
    limits: { tenant: { rate: '1000/s', burst: 50 } },
  }))
  const shared = {
    name: 'shared',
    hosts: [],
    routes: [],
    pools: { all: { endpoints: [common.url], maxInFlight: 4, queue: 9 } },
  }
  const proxy = await startProxy(t, { tenants: [...tenants, shared] }, { threads: 2 })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 6 })
  t.after(() => agent.destroy())
  let texts = 0
  const told: World['told'] = (owner, what, text) => {
    texts += 1
    for (const other of marks) {
      if (other === owner) continue
      for (const mark of [other.name, other.host, other.secret, other.secret.slice(0, 12), other.endpointUrl]) {
        assert.ok(!text.includes(mark), `${what} of ${owner.name} has '${mark}' in it: ${text.slice(0, 500)}`)
      }
    }
  }
  const world: World = { ...proxy, marks, agent, random, told }
  const doings = [ask, ask, ask, askTogether, changeSomething, lookAround]
  for (let step = 0; step < steps; step++) {
    await doings[random.below(doings.length)](world, marks[random.below(marks.length)])
  }
  for (const mark of marks) for (const question of questions) await lookAt(world, mark, question(mark))
  for (const [connection, owners] of seenBy) {
    assert.equal(owners.size, 1, `${connection} served ${[...owners].join(' and ')}`)
  }
  return { texts, connections: seenBy.size }
}

/** Over connections of clients that ask for all tenants by turns. */
async function ask({ port, agent, marks, random, told }: World, mark: Mark): Promise<void> {
  const path = ['/', '/open', '/shared', '/open/none?x=1'][random.below(4)]
  const keyOf = marks[random.below(marks.length)]
  const headers = random.below(3) === 0 ? {} : { authorization: `Bearer ${keyOf.secret}` }
  const answer = await request(port, { host: mark.host, path, headers }, agent)
  told(mark, `the answer to ${path}`, JSON.stringify(answer))
  if (!path.startsWith('/open') && !path.startsWith('/shared')) {
    const isOwn = 'authorization' in headers && keyOf === mark
    assert.ok(isOwn ? answer.status !== 401 : answer.status !== 200, `${mark.name} with the key of ${keyOf.name}`)
  }
  if (answer.status === 200) assert.ok(answer.body.endsWith(` for ${mark.name}`), answer.body)
}

async function askTogether(world: World): Promise<void> {
  await Promise.all(Array.from({ length: 30 }, (_, at) => ask(world, world.marks[at % world.marks.length])))
}

async function changeSomething({ change, random, marks }: World, mark: Mark): Promise<void> {
  const id = marks.indexOf(mark) + 1
  const doings: ((writer: Writer) => unknown)[] = [
    (writer) => writer.update(tenant, id, { state: random.below(4) === 0 ? 'suspended' : 'active' }),
    (writer) => writer.update(tenant, id, { weight: 1 + random.below(9), guarantee: random.below(3) }),
    (writer) => writer.update(route, 3 * id - 1, { timeoutMs: 1_000 + random.below(9_000) }),
    (writer) => writer.update(pool, id, { balance: ['round-robin', 'random', 'least-connections'][random.below(3)] }),
    (writer) => writer.update(limit, id, { rate: `${1 + random.below(500)}/s`, burst: 1 + random.below(50) }),
    (writer) =>
      writer.insert(ipRule, {
        tenantId: id,
        range: `10.${random.below(256)}.${random.below(256)}.0/24`,
        action: 'deny',
      }),
    (writer) => writer.update(route, 3 * id - 1, { pool: random.below(3) === 0 ? 'gone' : mark.poolName }),
  ]
  await change((writer) => {
    try {
      doings[random.below(doings.length)](writer)
    } catch (error) {
      // The same range twice.
      if (!(error instanceof Error && error.message.includes('exists'))) throw error
    }
  }, mark.name)
}

const questions: readonly ((mark: Mark) => readonly string[])[] = [
  ({ name }) => ['logs', '--tenant', name, '--json'],
  ({ name }) => ['stats', '--tenant', name, '--json'],
  ({ name }) => ['stats', '--tenant', name, '--by', 'route', '--json'],
  ({ name }) => ['usage', '--tenant', name, '--json'],
  ({ name }) => ['usage', '--tenant', name, '--by', 'key', '--json'],
  ({ name }) => ['invoice', name, '--json'],
  ({ name }) => ['limit', 'show', name, '--json'],
  ({ name }) => ['events', '--tenant', name, '--json'],
  ({ name }) => ['audit', 'list', '--tenant', name, '--json'],
  ({ name }) => ['tenant', 'show', name, '--json'],
  ({ name }) => ['route', 'list', name, '--json'],
  ({ name }) => ['key', 'list', name, '--json'],
  ({ name, poolName }) => ['pool', 'status', `${name}/${poolName}`, '--json'],
  ({ name }) => ['route', 'show', `${name}/nothing`],
  ({ name }) => ['logs', '--tenant', `${name}x`],
]

async function lookAround(world: World, mark: Mark): Promise<void> {
  await lookAt(world, mark, questions[world.random.below(questions.length)](mark))
}

async function lookAt({ folder, told }: World, mark: Mark, words: readonly string[]): Promise<void> {
  const { stdout, stderr } = await callCli(words, { data: folder, clock: systemClock })
  told(mark, `'mtlb ${words.join(' ')}'`, stdout + stderr)
}
