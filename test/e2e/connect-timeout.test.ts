import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { request } from '../support/request.ts'
import { assertProblem } from '../support/run-scenarios.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

test('an endpoint that does not take the connection in time is passed over', async (t) => {
  const url = await startDeafEndpoint(t)
  const live = await startOrigin(t)
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: {
          both: { endpoints: [url, live.url], connectTimeoutMs: 100 },
          deaf: { endpoints: [url], connectTimeoutMs: 100 },
        },
        routes: [{ path: '/' }, { path: '/deaf', pool: 'deaf' }],
      },
    ],
  })
  const answers = await Promise.all([1, 2, 3, 4].map((round) => request(proxy.port, { path: `/${round}` })))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  )
  const refused = await request(proxy.port, { path: '/deaf' })
  assert.equal(refused.status, 502)
  assertProblem(refused, 'endpoint_connect')
})

/** A process that listens and then stands still, with its queue of connections full: the kernel answers nobody more. */
async function startDeafEndpoint(t: TestContext): Promise<string> {
  const source = `
    const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['--eval', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(printed.toString())
  const fillers = Array.from({ length: 8 }, () => net.connect({ host: '127.0.0.1', port }).on('error', () => {}))
  t.after(() => fillers.forEach((filler) => filler.destroy()))
  await once(fillers[0], 'connect')
  return `http://127.0.0.1:${port}`
}
