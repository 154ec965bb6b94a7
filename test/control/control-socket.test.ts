import assert from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { readStatus, waitForRevision } from '../../src/control/control-client.ts'
import { startServer } from '../support/start-server.ts'
import { tempFolder } from '../support/temp-store.ts'

const malformed = [
  { name: 'an unknown path', method: 'GET', path: '/other', body: '', status: 404 },
  { name: 'the wrong method', method: 'DELETE', path: '/status', body: '', status: 404 },
  { name: 'a body that is no JSON', method: 'POST', path: '/wait', body: 'revision', status: 400 },
  { name: 'a body without a revision', method: 'POST', path: '/wait', body: '{}', status: 400 },
  { name: 'a tenant that is no name', method: 'POST', path: '/wait', body: '{"revision":1,"tenant":2}', status: 400 },
  { name: 'a body without end', method: 'POST', path: '/wait', body: ' '.repeat(70_000), status: 400 },
]

test('requests that make no sense are refused and the server goes on', async (t) => {
  const { folder } = await startServer(t, { threads: 1 })
  for (const { name, method, path, body, status } of malformed) {
    assert.equal(await ask(folder, { method, path, body }), status, name)
  }
  assert.equal((await readStatus(folder))?.pid, process.pid)
})

test('waiting for a revision that does not come ends in time', async (t) => {
  const { folder } = await startServer(t, { threads: 1 })
  const outcome = await waitForRevision({ folder, revision: 1_000, tenant: undefined, timeoutMs: 60 })
  assert.deepEqual(outcome, { outcome: 'timeout' })
})

test('status tells threads, listeners, tenants and records', async (t) => {
  const { folder, port } = await startServer(t, { version: '0.1.0' })
  const status = await readStatus(folder)
  assert.partialDeepStrictEqual(status, {
    version: '0.1.0',
    pid: process.pid,
    threads: [
      { index: 0, restarts: 0 },
      { index: 1, restarts: 0 },
    ],
    recorder: { restarts: 0 },
    listeners: [{ name: 'main', bind: '127.0.0.1:0', port, state: 'listening' }],
    tenants: { total: 0, quarantined: [] },
    records: { dropped: 0 },
  })
})

test('where no server runs, there is none to ask', async (t) => {
  const folder = tempFolder(t)
  const wanted = { revision: 1, tenant: undefined, timeoutMs: 1_000 }
  for (const place of [folder, join(folder, 'missing'), join(folder, 'x'.repeat(200))]) {
    assert.equal(await readStatus(place), undefined)
    assert.deepEqual(await waitForRevision({ folder: place, ...wanted }), { outcome: 'no_server' })
  }
})

function ask(folder: string, { method, path, body }: { method: string; path: string; body: string }) {
  return new Promise<number>((resolve, reject) => {
    const asked = request({ socketPath: join(folder, 'mtlb.sock'), method, path, agent: false })
    asked.on('error', reject)
    asked.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.end(body)
  })
}
