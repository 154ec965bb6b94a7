import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readEvents, readPool } from '../../src/control/control-client.ts'
import { pool } from '../../src/model/pool.ts'
import { setting } from '../../src/model/setting.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { askAll, startAddressOrigin } from '../support/start-address-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { tempFolder } from '../support/temp-store.ts'
import type { TestPool } from '../support/write-config.ts'

test('a pool has the endpoints of its file beside its own, and follows it', async (t) => {
  const file = join(tempFolder(t), 'web.json')
  const { origin, proxy, list } = await start(t, { fromFile: file }, (write) => write(file, [3]))
  assert.equal(await askAll(proxy, origin, { count: 4 }), '127.0.0.2,127.0.0.3')
  list(file, [3, 4])
  await eventually(async () => (await askAll(proxy, origin, { count: 6 })) === '127.0.0.2,127.0.0.3,127.0.0.4')
  const status = await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })
  assert.deepEqual(
    status?.endpoints.map(({ source }) => source),
    [undefined, 'from-file', 'from-file'],
  )
  assert.partialDeepStrictEqual(status?.sources, [{ source: 'from-file', sought: file, found: 2, failure: '' }])
  // What the file no longer lists is gone; nothing in it is nothing.
  writeFileSync(file, '[]')
  await eventually(async () => (await askAll(proxy, origin, { count: 4 })) === '127.0.0.2')
})

test('a file that is swapped for another under load loses no request', async (t) => {
  const folder = tempFolder(t)
  const file = join(folder, 'web.json')
  const { origin, proxy, list } = await start(t, { fromFile: file }, (write) => write(file, [3]))
  const flood = await startFlood(t, { port: proxy.port, connections: 4 })
  for (let turn = 0; turn < 20; turn++) {
    list(join(folder, 'next.json'), [3 + (turn % 2)])
    renameSync(join(folder, 'next.json'), file)
    await eventually(async () => {
      const status = await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })
      return status?.endpoints[1]?.url === `http://127.0.0.${3 + (turn % 2)}:${origin.port}`
    })
  }
  await flood.stop()
  assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
})

const mistakes = [
  {
    name: 'half of it is written',
    spoil: (file: string) => writeFileSync(file, '[{"url":"http://127.'),
    why: /no JSON/,
  },
  {
    name: 'an endpoint of it is wrong',
    spoil: (file: string) => writeFileSync(file, '["http://127.0.0.4","x"]'),
    why: /endpoint 2: url 'x'/,
  },
  { name: 'it is gone', spoil: (file: string) => rmSync(file), why: /there is no such file/ },
  { name: 'it is a folder', spoil: (file: string) => (rmSync(file), mkdirSync(file)), why: /EISDIR/ },
  {
    name: 'it is far too large',
    spoil: (file: string) => writeFileSync(file, ' '.repeat(2e6)),
    why: /more than 1048576 bytes/,
  },
]

test('a file keeps what it said while something is wrong with it', async (t) => {
  const origin = await startAddressOrigin(t)
  const folder = tempFolder(t)
  const fileOf = (at: number) => join(folder, `${at}.json`)
  const tenants = mistakes.map((_, at) => {
    writeFileSync(fileOf(at), `http://127.0.0.3:${origin.port}`)
    return { name: `t${at}`, pools: { web: { endpoints: [], fromFile: fileOf(at) } } }
  })
  const proxy = await startProxy(t, { tenants })
  const ask = (host: string) => askAll(proxy, origin, { count: 1, host })
  for (const [at, { name, spoil, why }] of mistakes.entries()) {
    await t.test(name, async () => {
      spoil(fileOf(at))
      const event = await eventually(async () => {
        const events = await readEvents(proxy.folder, { afterId: 0, tenant: `t${at}` })
        return events.find(({ kind }) => kind === 'lookup_failed')
      })
      assert.match(event.reason, why)
      assert.match(event.reason, /its last good answer stays$/)
      assert.equal(await ask(`t${at}.test`), '127.0.0.3')
      rmSync(fileOf(at), { recursive: true, force: true })
      writeFileSync(fileOf(at), `http://127.0.0.5:${origin.port}`)
      await eventually(async () => (await ask(`t${at}.test`)) === '127.0.0.5')
    })
  }
})

test('a file whose folder comes later is found', async (t) => {
  const folder = join(tempFolder(t), 'later')
  const file = join(folder, 'web.json')
  const { origin, proxy, list } = await start(t, { fromFile: file }, () => {})
  const status = await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })
  assert.partialDeepStrictEqual(status?.endpoints[1], { url: 'from-file', state: 'unresolved' })
  mkdirSync(folder)
  list(file, [3])
  await eventually(async () => (await askAll(proxy, origin, { count: 4 })) === '127.0.0.2,127.0.0.3')
})

test('a command says endpoints, told for whom, again and again; a failure keeps what it said', async (t) => {
  const file = join(tempFolder(t), 'web.json')
  const fromExec = `test "$MTLB_TENANT/$MTLB_POOL" = acme/web && test -z "$HOME" && cat ${file}`
  const { origin, proxy, list } = await start(t, { fromExec, refreshMs: 1_000 }, (write) => write(file, [3]), 'on')
  assert.equal(await askAll(proxy, origin, { count: 4 }), '127.0.0.2,127.0.0.3')
  list(file, [4])
  await eventually(async () => (await askAll(proxy, origin, { count: 4 })) === '127.0.0.2,127.0.0.4')
  rmSync(file)
  const failed = await eventually(async () => {
    const status = await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })
    return status?.sources.find(({ failure }) => failure !== '')
  })
  assert.match(failed.failure, /^exit code 1: cat: .*No such file/)
  assert.equal(await askAll(proxy, origin, { count: 4 }), '127.0.0.2,127.0.0.4')
})

test('no command is run unless the setting allows it, and then at once', async (t) => {
  const fromExec = 'echo http://127.0.0.3:$PORT'
  const { origin, proxy } = await start(t, { fromExec }, () => {})
  const status = await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })
  assert.partialDeepStrictEqual(status?.endpoints[1], {
    url: 'from-exec',
    state: 'unresolved',
    reason: "the setting 'allow-exec' is off",
  })
  await proxy.change((writer) => writer.update(pool, 1, { fromExec: `echo http://127.0.0.3:${origin.port}` }), 'acme')
  assert.equal(await askAll(proxy, origin, { count: 2 }), '127.0.0.2')
  await proxy.change((writer) => writer.insert(setting, { name: 'allow-exec', value: 'on' }))
  await eventually(async () => (await askAll(proxy, origin, { count: 2 })) === '127.0.0.2,127.0.0.3')
})

/** A server with one pool: an endpoint of its own, 127.0.0.2, and what the pool's list says. */
async function start(
  t: TestContext,
  list: Partial<TestPool>,
  prepare: (write: (file: string, numbers: readonly number[]) => void) => void,
  allowExec = 'off',
) {
  const origin = await startAddressOrigin(t)
  const write = (file: string, numbers: readonly number[]) =>
    writeFileSync(file, JSON.stringify(numbers.map((number) => `http://127.0.0.${number}:${origin.port}`)))
  prepare(write)
  const proxy = await startProxy(t, {
    settings: allowExec === 'on' ? { 'allow-exec': 'on' } : {},
    tenants: [{ pools: { web: { endpoints: [`http://127.0.0.2:${origin.port}`], ...list } } }],
  })
  return { origin, proxy, list: write }
}
