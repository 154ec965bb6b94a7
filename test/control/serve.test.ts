import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readStatus, reloadServer, waitForRevision } from '../../src/control/control-client.ts'
import { startServer as start } from '../../src/control/serve.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { createLog } from '../../src/kit/log.ts'
import { UserError } from '../../src/kit/user-error.ts'
import { setting } from '../../src/model/setting.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startServeChild } from '../support/start-serve-child.ts'
import { folderOnAnyPort, moveMainListener, startServer } from '../support/start-server.ts'
import { origin, tempFolder } from '../support/temp-store.ts'
import { writeTenant } from '../support/write-config.ts'

const empty = { pools: { web: { endpoints: [] } } }
const silent = createLog({ name: 'main', destination: { write: () => {} } })

test('a server that was closed starts again on the same folder with what it had', async (t) => {
  const first = await startServer(t, { config: (writer) => writeTenant(writer, empty) })
  await first.server.close()
  assert.equal(await readStatus(first.folder), undefined)
  const second = await startServer(t, { folder: first.folder })
  assert.equal((await request(second.port)).status, 503)
})

test('a second server on the same folder is refused and does no harm to the first', async (t) => {
  const { port, folder } = await startServer(t)
  await assert.rejects(start({ folder, threads: 1, log: silent }), { code: 'conflict', name: 'UserError' })
  assert.equal((await request(port)).status, 404)
  assert.equal((await readStatus(folder))?.pid, process.pid)
})

test('the control socket is for the owner and the group', async (t) => {
  const { folder } = await startServer(t)
  assert.equal(statSync(join(folder, 'mtlb.sock')).mode & 0o777, 0o660)
})

test('a server that was killed leaves a socket behind, commands see that nobody is there, and the next one starts', async (t) => {
  const folder = folderOnAnyPort(t)
  const child = await startServeChild(t, folder)
  assert.equal((await readStatus(folder))?.pid, child.process.pid)
  assert.deepEqual(await child.end('SIGKILL'), { code: null, signal: 'SIGKILL' })
  assert.ok(existsSync(join(folder, 'mtlb.sock')))
  assert.equal(await readStatus(folder), undefined)
  const waited = await waitForRevision({ folder, revision: 1, tenant: undefined, timeoutMs: 1_000 })
  assert.deepEqual(waited, { outcome: 'no_server' })
  const { port } = await startServer(t, { folder })
  assert.equal((await request(port)).status, 404)
})

test('SIGHUP reads everything again and SIGTERM ends with 0', async (t) => {
  const child = await startServeChild(t, folderOnAnyPort(t))
  child.process.kill('SIGHUP')
  await eventually(() => assert.match(child.stderr(), /"code":"reloaded"/) ?? true)
  assert.deepEqual(await child.end('SIGTERM'), { code: 0, signal: null })
  assert.match(child.stderr(), /"code":"stopped"/)
})

test('closing lets a request under way finish, and accepts nothing new', async (t) => {
  const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>()
  const slow = await startOrigin(t, (_, response) => void mayAnswer.then(() => response.end('slow')))
  const { port, server } = await startServer(t, {
    config: (writer) => writeTenant(writer, { pools: { web: { endpoints: [slow.url] } } }),
  })
  const answering = request(port)
  await eventually(() => slow.requests.length === 1)
  const closed = server.close()
  await eventually(() =>
    request(port).then(
      () => false,
      () => true,
    ),
  )
  letAnswer()
  const answer = await answering
  assert.deepEqual([answer.status, answer.body, answer.headers.connection], [200, 'slow', 'close'])
  await closed
})

test('what does not finish in time is cut off', async (t) => {
  const stuck = await startOrigin(t, () => {})
  const { port, server, logged } = await startServer(t, {
    drainMs: 100,
    config: (writer) => writeTenant(writer, { pools: { web: { endpoints: [stuck.url] } } }),
  })
  const broken = assert.rejects(request(port))
  await eventually(() => stuck.requests.length === 1)
  await server.close()
  await broken
  assert.equal(logged.find(({ code }) => code === 'drained')?.abandoned, 1)
})

test('with the database deleted the last good state is served, and status says so', async (t) => {
  const { port, folder, logged, store } = await startServer(t, { config: (writer) => writeTenant(writer, empty) })
  const path = join(folder, 'mtlb.db')
  store.close()
  renameSync(path, `${path}.away`)
  const status = await eventually(async () => {
    const report = await readStatus(folder)
    return report?.trouble === undefined ? undefined : report
  })
  assert.equal(status.trouble?.code, 'database_gone')
  assert.equal((await request(port)).status, 503)
  assert.ok(logged.some(({ code, level }) => code === 'database_gone' && level === 'error'))

  renameSync(`${path}.away`, path)
  await eventually(async () => (await readStatus(folder))?.trouble === undefined)
})

test('a fresh database in the place of the old one takes no tenant away until somebody asks for it', async (t) => {
  const { port, folder, store } = await startServer(t, { config: (writer) => writeTenant(writer, empty) })
  const path = join(folder, 'mtlb.db')
  store.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  const fresh = openStore({ folder, access: 'write', clock: systemClock })
  t.after(() => fresh.close())
  moveMainListener(fresh)
  const { revision } = fresh.write(origin, (writer) => writeTenant(writer, { name: 'globex', ...empty }))
  const waited = await waitForRevision({ folder, revision, tenant: 'globex', timeoutMs: 1_000 })
  assert.partialDeepStrictEqual(waited, { outcome: 'kept', problems: [{ table: 'database', row: 'mtlb.db' }] })
  assert.equal((await request(port)).status, 503)

  assert.equal((await reloadServer(folder))?.trouble, undefined)
  await eventually(async () => (await request(port)).status === 404)
  assert.equal((await request(port, { host: 'globex.test' })).status, 503)
})

test('a damaged database does not harm the server that is running', async (t) => {
  const { port, folder, store } = await startServer(t, { config: (writer) => writeTenant(writer, empty) })
  store.close()
  const path = join(folder, 'mtlb.db')
  renameSync(path, `${path}.good`)
  writeFileSync(path, 'this is no database')
  const status = await reloadServer(folder)
  assert.equal(status?.trouble?.code, 'database_unreadable')
  assert.equal((await request(port)).status, 503)
  assert.ok(readFileSync(path, 'utf8') === 'this is no database')
})

test('a damaged database is refused at the start', async (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'mtlb.db'), 'this is no database')
  await assert.rejects(start({ folder, threads: 1, log: silent }), { code: 'storage', name: 'UserError' })
})

test('settings that are wrong are refused at the start', async (t) => {
  const starting = startServer(t, {
    config: (writer) => writer.insert(setting, { name: 'header-timeout', value: 'soon' }),
  })
  await assert.rejects(starting, { code: 'problems', name: 'UserError' })
})

test('a folder whose path is too long for a socket is refused before anything is written', async (t) => {
  const folder = join(tempFolder(t), 'x'.repeat(100))
  await assert.rejects(start({ folder, threads: 1, log: silent }), (error) => {
    assert.ok(error instanceof UserError)
    assert.match(error.message, /too long for a socket/)
    return true
  })
  assert.ok(!existsSync(folder))
})
