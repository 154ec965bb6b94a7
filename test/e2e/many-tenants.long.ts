import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { tenant } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { manyTenants } from '../support/many-tenants.ts'
import { request } from '../support/request.ts'
import { residentBytes } from '../support/resident-bytes.ts'
import { spawnServer } from '../support/spawn-server.ts'
import { folderOnAnyPort } from '../support/start-server.ts'
import { startOrigin } from '../support/start-origin.ts'
import { origin as operator } from '../support/temp-store.ts'
import { writeConfig } from '../support/write-config.ts'

const count = 10_000
const mib = 2 ** 20

test(
  '10,000 tenants are served within 3 s of the start and in 300 MiB, and a change of one is enforced within 200 ms',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const folder = folderOnAnyPort(t)
    const origin = await startOrigin(t)
    const store = openStore({ folder, access: 'write', clock: systemClock })
    t.after(() => store.close())
    store.write(operator, (writer) => writeConfig(writer, { tenants: manyTenants(count, origin.url) }))

    const startMs = performance.now()
    const server = await spawnServer(t, folder, ['--threads', '2'])
    const startedMs = performance.now() - startMs
    assert.ok(startedMs <= 3_000, `it took ${startedMs.toFixed()} ms to start`)
    const ask = (index: number) =>
      request(server.port, { host: `t${index}.test`, headers: { 'x-api-key': `mtlb_${index}-b` } })
    for (const index of [0, 1, 4_999, count - 1]) assert.equal((await ask(index)).status, 200)
    // What starting took is given back first.
    await eventually(() => checkResident(server.process.pid))

    for (const index of [17, 9_000]) {
      const { id } = store.find(tenant, { name: `t${index}` })!
      assert.equal((await ask(index)).status, 200)
      store.write(operator, (writer) => writer.update(tenant, id, { state: 'suspended' }))
      const committedMs = performance.now()
      await eventually(async () => (await ask(index)).status === 403)
      const enforcedMs = performance.now() - committedMs
      assert.ok(enforcedMs <= 200, `enforced after ${enforcedMs.toFixed()} ms`)
    }
  },
)

function checkResident(pid: number | undefined): boolean {
  const mibNow = residentBytes(pid) / mib
  assert.ok(mibNow <= 300, `${mibNow.toFixed()} MiB`)
  return true
}
