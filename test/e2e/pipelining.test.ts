import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

interface Sent {
  readonly bytes: string
  readonly path: string
  readonly body: string
  readonly isRefused: boolean
}

test('requests of every framing in a row, cut anywhere, are answered in order', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  for (let seed = 0; seed < 8; seed += 1) {
    await t.test(`seed ${seed}`, async (t) => {
      const { below } = seededRandom(seed)
      const sent = Array.from({ length: 25 }, (_, index) => createRequest(`/${seed}/${index}`, below))
      const served = sent.filter(({ isRefused }) => !isRefused)
      const before = origin.requests.length
      const client = await connectRaw(t, proxy.port)
      const bytes = sent.map((each) => each.bytes).join('')
      for (let at = 0; at < bytes.length;) {
        const next = at + 1 + below(below(2) === 0 ? 10 : 30_000)
        client.write(bytes.slice(at, next))
        await new Promise((resolve) => setImmediate(resolve))
        at = next
      }
      const pathsOf = (text: string) => [...text.matchAll(/"path":"([^"]+)"/g)].map((match) => match[1])
      await eventually(() => pathsOf(client.received).length === served.length)
      assert.deepEqual(
        pathsOf(client.received),
        served.map(({ path }) => path),
      )
      for (const [index, { path, body }] of served.entries()) {
        const seen = origin.requests[before + index]
        assert.equal(seen.path, path)
        assert.ok(seen.body === body, `${path}: sent ${body.length} bytes, seen ${seen.body.length}`)
      }
    })
  }
})

function createRequest(path: string, below: (bound: number) => number): Sent {
  const text = `${path}-`.repeat(below(4) === 0 ? below(3_000) : below(10))
  const start = (method: string, host: string) => `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`
  const length = `Content-Length: ${text.length}\r\n\r\n${text}`
  switch (below(4)) {
    case 0:
      return { path, body: '', isRefused: false, bytes: `${start('GET', 'acme.test')}\r\n` }
    case 1:
      return { path, body: text, isRefused: false, bytes: start('POST', 'acme.test') + length }
    case 2:
      return { path, body: text, isRefused: true, bytes: start('POST', 'nobody.test') + length }
    default: {
      const bytes = `${start('PUT', 'acme.test')}Transfer-Encoding: chunked\r\n\r\n${encodeChunks(text, below)}`
      return { path, body: text, isRefused: false, bytes }
    }
  }
}

function encodeChunks(text: string, below: (bound: number) => number): string {
  let chunks = ''
  for (let at = 0; at < text.length;) {
    const part = text.slice(at, at + 1 + below(5_000))
    chunks += `${part.length.toString(16)}${below(2) === 0 ? '' : ';note=x'}\r\n${part}\r\n`
    at += part.length
  }
  return `${chunks}0\r\n${below(2) === 0 ? '' : 'X-Trailer: dropped\r\n'}\r\n`
}
