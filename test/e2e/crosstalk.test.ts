import assert from 'node:assert/strict'
import http from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { test } from 'node:test'
import { request } from '../support/request.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

const clients = 16
const requestsPerClient = 40

/** Sizes around the bounds at which buffers, chunks and writes change. */
const sizes = [0, 1, 100, 16_383, 16_384, 65_535, 65_536, 65_537, 200_000]

test('bodies of all sizes and framings come back to the one who sent them, unchanged', async (t) => {
  const origin = await startOrigin(t, echo)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(
    t,
    {
      tenants: [
        { name: 'acme', pools },
        { name: 'globex', pools },
      ],
    },
    { threads: 2 },
  )

  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const { pick } = seededRandom(client)
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      t.after(() => agent.destroy())
      for (let round = 0; round < requestsPerClient; round += 1) {
        const path = `/${pick(['length', 'chunked', 'stream', 'close'])}/${client}/${round}`
        const body = `${path} `.repeat(Math.ceil(pick(sizes) / (path.length + 1)))
        const headers: Record<string, string> = pick([true, false]) ? { 'transfer-encoding': 'chunked' } : {}
        const host = pick(['acme.test', 'globex.test'])
        const answer = await request(proxy.port, { method: 'POST', host, path, body, headers }, agent)
        assert.equal(answer.status, 200)
        assert.equal(answer.headers['x-path'], path)
        assert.equal(answer.headers['x-tenant'], host.split('.')[0])
        assert.ok(answer.body === body, `${path}: sent ${body.length} bytes, got ${answer.body.length}`)
      }
    }),
  )
  assert.equal(origin.requests.length, clients * requestsPerClient)
})

/** Sends the body back, framed as the path says. */
function echo(incoming: IncomingMessage, response: ServerResponse): void {
  const kind = incoming.url?.split('/')[1]
  response.setHeader('x-path', incoming.url ?? '')
  response.setHeader('x-tenant', incoming.headers['x-mtlb-tenant'] ?? '')
  if (kind === 'close') response.setHeader('connection', 'close')
  if (kind === 'stream') return void incoming.pipe(response)
  const parts: Buffer[] = []
  incoming.on('data', (part: Buffer) => parts.push(part))
  incoming.on('end', () => {
    if (kind === 'length') return void response.end(Buffer.concat(parts))
    for (const part of parts) response.write(part)
    response.end()
  })
}
