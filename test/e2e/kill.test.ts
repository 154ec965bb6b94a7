import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import { systemClock } from '../../src/kit/clock.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { audit } from '../../src/model/audit.ts'
import { listener } from '../../src/model/listener.ts'
import { tenant } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { request } from '../support/request.ts'
import { spawnServer } from '../support/spawn-server.ts'
import { startOrigin } from '../support/start-origin.ts'
import { tempFolder } from '../support/temp-store.ts'
import { writeConfig } from '../support/write-config.ts'

test('killing server and writer amid writes and traffic loses no commit and breaks no file', async (t) => {
  const origin = await startOrigin(t)
  const folder = tempFolder(t)
  prepare(folder, origin.url)
  const server = await spawnServer(t, folder, ['--threads', '2'])
  assert.equal((await request(server.port, { path: '/early' })).status, 200)
  await eventually(() => [...queryLog(folder, { path: '/early' })].length === 1)
  const flood = await startFlood(t, { port: server.port, connections: 8 })
  const writer = spawnWriter(t, folder, origin.url)
  await eventually(() => writer.committed().length >= 30 && flood.answers >= 1_000, 15_000)
  await Promise.all([server.end('SIGKILL'), kill(writer.process)])

  for (const path of databases(folder)) assert.equal(checkIntegrity(path), 'ok', path)
  const names = writer.committed()
  const store = openStore({ folder, access: 'read', clock: systemClock })
  t.after(() => store.close())
  const stored = new Set(store.list(tenant).map(({ name }) => name))
  for (const name of names) assert.ok(stored.has(name), `${name} was committed and is gone`)
  const audited = new Set(store.list(audit).map((row) => row.name))
  for (const name of stored) assert.ok(audited.has(name), `${name} has no audit row`)
  assert.equal([...queryLog(folder, { path: '/early' })].length, 1)

  const again = await spawnServer(t, folder, ['--threads', '2'])
  for (const name of ['acme', ...names.slice(-3)]) {
    assert.equal((await request(again.port, { host: `${name}.test`, path: '/late' })).status, 200)
  }
  const { code } = await again.end('SIGTERM')
  assert.equal(code, 0, again.printed)
  assert.equal([...queryLog(folder, { path: '/late' })].length, 4)
})

function prepare(folder: string, url: string): void {
  const store = openStore({ folder, access: 'write', clock: systemClock })
  store.write({ actor: 'test', command: 'test' }, (writer) => {
    writer.update(listener, 1, { bind: '127.0.0.1:0' })
    writeConfig(writer, { tenants: [{ pools: { web: { endpoints: [url] } } }] })
  })
  store.close()
}

/** A process that commits one tenant after the other and prints each name once its commit has returned. */
function spawnWriter(t: TestContext, folder: string, url: string) {
  const source = `
    import { writeSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { systemClock } from '${new URL('../../src/kit/clock.ts', import.meta.url).href}'
    import { openStore } from '${new URL('../../src/store/open-store.ts', import.meta.url).href}'
    import { writeTenant } from '${new URL('../support/write-config.ts', import.meta.url).href}'
    const store = openStore({ folder: ${JSON.stringify(folder)}, access: 'write', clock: systemClock })
    for (let count = 0; ; count += 1) {
      const name = 'tenant' + count
      const config = { name, pools: { web: { endpoints: ['${url}'] } } }
      store.write({ actor: 'test', command: 'test' }, (writer) => writeTenant(writer, config))
      writeSync(1, name + '\\n')
      await setTimeout(5)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  return { process: child, committed: () => printed.split('\n').slice(0, -1) }
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

function databases(folder: string): string[] {
  const logs = readdirSync(join(folder, 'logs')).map((name) => join('logs', name))
  return ['mtlb.db', 'ledger.db', ...logs].filter((name) => name.endsWith('.db')).map((name) => join(folder, name))
}

function checkIntegrity(path: string): unknown {
  const database = new SqliteDatabase(path)
  try {
    return database.pragma('integrity_check', { simple: true })
  } finally {
    database.close()
  }
}
