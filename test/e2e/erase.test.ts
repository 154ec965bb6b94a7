import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { mintKey } from '../../src/auth/key.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { decodeFrames } from '../../src/ledger/chunk.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { pool } from '../../src/model/pool.ts'
import { tenant } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { callCli } from '../support/run-cli.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

/** In everything that is the tenant's, and in nothing else. */
const marker = 'quokka'

interface Remains {
  readonly files: readonly string[]
  /** Of the log, as they lie there. */
  readonly blobs: readonly Buffer[]
}

/** Which files have the marker in them, also in what is compressed, and the tenant's chunks. */
function scan(folder: string, others: readonly Buffer[] = []): Remains {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files: string[] = []
  const blobs: Buffer[] = []
  for (const { parentPath, name } of names) {
    const path = join(parentPath, name)
    const bytes = readFileSync(path)
    const pieces = others.map((blob) => blob.subarray(16, 48))
    if (bytes.includes(marker) || pieces.some((piece) => bytes.includes(piece))) files.push(name)
    if (!/^\d{4}-.*\.db$/.test(name)) continue
    const database = new Database(path, { readonly: true })
    const chunks = database.prepare('SELECT is_compressed AS isCompressed, records FROM chunk').all() as {
      readonly isCompressed: number
      readonly records: Buffer
    }[]
    for (const chunk of chunks) if (decodeFrames(chunk).includes(marker)) blobs.push(chunk.records)
    database.close()
  }
  return { files, blobs }
}

function describe(name: string, url: string, secret: string) {
  return {
    name,
    hosts: [`${name}.test`, `*.${name}.test`],
    // A name leads to what was found of it, too.
    pools: { [`${name}-pool`]: { endpoints: { [url]: 1, [`http://${name}.localhost:1`]: 0 } } },
    routes: [{ name: `${name}-route` }, { name: `${name}-closed`, path: '/closed', auth: 'key' }],
    keys: { [`${name}-key`]: secret },
    limits: { [`route:${name}-route`]: { rate: '1000000/s' } },
    ipRules: { '203.0.113.0/24': 'deny' as const },
  }
}

for (const isServed of [true, false]) {
  test(`no byte of a tenant is left once it is erased, ${isServed ? 'while the server runs' : 'without a server'}`, async (t) => {
    const { url } = await startOrigin(t)
    const { secret } = mintKey()
    const { port, folder, server, change } = await startProxy(t, {
      tenants: [describe('acme', url, mintKey().secret), describe(marker, url, secret)],
    })
    const ask = (host: string, index: number) =>
      request(port, { host, path: `/${marker}/${index}`, headers: { 'user-agent': `${host} ${index}` } })
    for (let index = 0; index < 60; index++) {
      assert.equal((await ask(`${index % 2 === 0 ? '' : 'www.'}${marker}.test`, index)).status, 200)
    }
    assert.equal((await request(port, { host: 'acme.test', path: '/acme' })).status, 200)
    // Rows that were changed and chunks that were merged leave bytes behind, too.
    await change((writer) => writer.update(tenant, 2, { note: `a ${marker}` }), marker)
    await change((writer) => writer.update(tenant, 2, { note: '' }), marker)
    await eventually(() => [...queryLog(folder, { tenant: marker })].length === 60)
    const store = openStore({ folder, access: 'write', clock: systemClock })
    // So that it has a last good configuration beside the database, too.
    const poolId = store.list(pool, { tenantId: 2 })[0].id
    await change((writer) => writer.remove(pool, poolId), marker)
    store.close()
    if (!isServed) await server.close()
    const before = scan(folder)
    assert.ok(before.files.length >= 2 && before.blobs.length > 0, String(before.files))

    const erased = await callCli(['tenant', 'remove', marker, '--erase', '--yes'], { data: folder, clock: systemClock })
    assert.equal(erased.code, 0, erased.stderr)
    assert.match(
      erased.stderr,
      /erased 60 records, \d+ minutes of statistics, \d+ rows of the audit trail; .*'erased-\d+'/,
    )
    const remains = scan(folder, before.blobs)
    if (isServed) {
      // What clients ask for from then on is no tenant's.
      assert.equal((await request(port, { host: `${marker}.test`, path: '/' })).status, 404)
      await eventually(() => [...queryLog(folder, {})].some(({ host }) => host === `${marker}.test`))
    }
    assert.deepEqual(remains, { files: [], blobs: [] })

    const verified = await callCli(['audit', 'verify'], { data: folder })
    assert.equal(verified.code, 0, verified.stderr)
    assert.equal((await callCli(['logs', '--tenant', marker], { data: folder })).code, 3)
    const left = openStore({ folder, access: 'read', clock: systemClock })
    assert.deepEqual(
      left.list(tenant).map(({ name }) => name),
      ['acme'],
    )
    left.close()
    assert.equal([...queryLog(folder, { tenant: 'acme' })].length, 1)
  })
}

test('a tenant that is long gone can be erased, one that never was cannot, and nothing goes unasked', async (t) => {
  const { url } = await startOrigin(t)
  const { folder, server } = await startProxy(t, { tenants: [describe(marker, url, mintKey().secret)] })
  await server.close()
  const run = (...argv: string[]) => callCli(argv, { data: folder, clock: systemClock })
  const unsure = await run('tenant', 'remove', marker, '--erase')
  assert.equal(unsure.code, 9)
  assert.match(unsure.stderr, /would be erased for good/)
  assert.equal((await run('tenant', 'remove', marker, '--yes')).code, 0)
  assert.ok(scan(folder).files.length > 0)
  writeFileSync(join(folder, 'mtlb.db.backup-v1'), '')
  const erased = await run('tenant', 'remove', marker, '--erase', '--yes')
  assert.equal(erased.code, 0, erased.stderr)
  assert.match(erased.stderr, /copies may still tell of it: mtlb\.db\.backup-v1 in/)
  assert.deepEqual(scan(folder).files, [])
  const never = await run('tenant', 'remove', 'nobody', '--erase', '--yes')
  assert.equal(never.code, 3)
  assert.match(never.stderr, /tenant 'nobody' does not exist/)
})
