import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { supportModule } from '../support/support-module.ts'
import { crash, hang } from '../support/crash.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startServer } from '../support/start-server.ts'
import type { StartOptions } from '../support/start-server.ts'
import { writeTenant } from '../support/write-config.ts'

const empty = { pools: { web: { endpoints: [] } } }

test('a data thread that dies is replaced under its index, configured and listening', async (t) => {
  const { port, server, change } = await startCrashing(t)
  crash('data-1')
  await eventually(() => server.status().threads[1].restarts === 1)
  const outcome = await change((writer) => writeTenant(writer, { name: 'globex', ...empty }), 'globex')
  assert.equal(outcome.outcome, 'applied')
  assert.deepEqual(
    server.status().threads.map(({ state, restarts }) => [state, restarts]),
    [
      ['running', 0],
      ['running', 1],
    ],
  )
  crash('data-0')
  await eventually(() => server.status().threads[0].restarts === 1)
  await eventually(() => server.status().threads[0].state === 'running')
  // Thread 1, the replacement, answers for both while thread 0 is being replaced, and for its share afterwards.
  const hosts = ['acme.test', 'globex.test']
  const answers = await Promise.all(hosts.flatMap((host) => Array.from({ length: 10 }, () => request(port, { host }))))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]))
})

test('a thread that dies again and again is held back, and changes do not wait for it', async (t) => {
  const { server, change, logged } = await startCrashing(t)
  for (let death = 1; death <= 4; death++) {
    await eventually(() => server.status().threads[1].state === 'running')
    crash('data-1')
    await eventually(() => server.status().threads[1].restarts === death)
  }
  const delays = logged.filter(({ code }) => code === 'thread_replaced').map(({ delayMs }) => delayMs)
  assert.deepEqual(delays, [0, 100, 200, 400])
  assert.equal(server.status().threads[1].state, 'waiting')
  const outcome = await change((writer) => writeTenant(writer, { name: 'globex', ...empty }), 'globex')
  assert.equal(outcome.outcome, 'applied')
  await eventually(() => server.status().threads[1].state === 'running')
})

test('a crash is logged with the thread’s name and where it happened', async (t) => {
  const { logged } = await startCrashing(t)
  crash('data-0')
  const line = await eventually(() => logged.find(({ code }) => code === 'thread_crashed'))
  assert.equal(line.thread, 'data-0')
  assert.match(String(line.error), /data-0 was told to crash[^]*crash\.ts/)
})

test('a data thread that hangs is shown, ended and replaced', async (t) => {
  const { port, server, logged, change } = await startCrashing(t, { hangMs: 2_000 })
  hang('data-1')
  await eventually(() => server.status().threads[1].state === 'hanging')
  assert.equal(server.status().threads[0].state, 'running')
  await eventually(() => server.status().threads[1].restarts === 1)
  assert.equal(logged.find(({ code }) => code === 'thread_hung')?.thread, 'data-1')
  await eventually(() => server.status().threads[1].state === 'running')
  const outcome = await change((writer) => writeTenant(writer, { name: 'globex', ...empty }), 'globex')
  assert.equal(outcome.outcome, 'applied')
  assert.equal((await request(port, { host: 'globex.test' })).status, 503)
  assert.equal(server.status().threads[0].restarts, 0)
})

test('a recorder that dies is replaced and traffic goes on meanwhile', async (t) => {
  const { port, server } = await startCrashing(t)
  crash('recorder')
  const answers = await Promise.all(Array.from({ length: 10 }, () => request(port)))
  assert.ok(answers.every(({ status }) => status === 503))
  await eventually(() => server.status().recorder.restarts === 1)
  await eventually(() => server.status().recorder.state === 'running')
  assert.deepEqual(
    server.status().threads.map(({ restarts }) => restarts),
    [0, 0],
  )
})

function startCrashing(t: TestContext, options: StartOptions = {}) {
  return startServer(t, {
    ...options,
    dataThreadModule: supportModule('crashing-data-thread'),
    recorderModule: supportModule('crashing-recorder-thread'),
    config: (writer) => writeTenant(writer, empty),
  })
}
