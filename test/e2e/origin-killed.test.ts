import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readEvents, readPool } from '../../src/control/control-client.ts'
import { cleanUp } from '../support/clean-up.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

const module = new URL('../support/origin-process.ts', import.meta.url).pathname

async function startProcess(t: TestContext, port: number) {
  const child = spawn(process.execPath, [module, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanUp(t, () => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test('an origin process that is killed and started again under load fails no request', async (t) => {
  const others = await Promise.all([0, 1].map(() => startOrigin(t)))
  const free = await startOrigin(t)
  free.close()
  const killed = await startProcess(t, free.port)
  const endpoints = [free, ...others].map(({ url }) => url)
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints, ejectAfter: 3, ejectTimeMs: 200, ejectMaxTimeMs: 400 } } }] },
    { threads: 2 },
  )
  const state = async () => (await readPool(proxy.folder, { tenant: 'acme', pool: 'web' }))?.endpoints[0].state
  const flood = await startFlood(t, { port: proxy.port, connections: 8 })
  const more = async (count: number) => {
    const answers = flood.answers
    await eventually(() => flood.answers > answers + count)
  }
  await more(500)
  killed.kill('SIGKILL')
  await eventually(async () => (await state()) === 'ejected')
  await more(500)
  await startProcess(t, free.port)
  await eventually(async () => (await state()) === 'unchecked')
  await more(500)
  assert.equal(await state(), 'unchecked', 'it serves again')
  await flood.stop()
  assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
  const [first] = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
  assert.equal(first.kind, 'endpoint_ejected')
})
