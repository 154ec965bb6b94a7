import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { test } from 'node:test'
import { readStatus } from '../../src/control/control-client.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { origin as changeOrigin } from '../support/temp-store.ts'
import { writeConfig } from '../support/write-config.ts'
import { spawnServer } from '../support/spawn-server.ts'
import { folderOnAnyPort } from '../support/start-server.ts'

test(
  'more clients than the limit of open files allows are turned away, and the server neither spins nor stays deaf',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const folder = folderOnAnyPort(t)
    const server = await spawnServer(t, folder, ['--threads', '1'], { openFiles: 128 })
    const clients = Array.from({ length: 200 }, () => net.connect(server.port, '127.0.0.1'))
    t.after(() => clients.forEach((client) => client.destroy()))
    let closed = 0
    for (const client of clients)
      client
        .on('error', () => {})
        .on('close', () => (closed += 1))
        .resume()
    // 128 files less those the process needs leave 20 clients with an endpoint each.
    await eventually(() => closed >= clients.length - 20)
    assert.match(server.printed, /too_many_connections/)
    const before = await cpuTicks(server.process.pid)
    // The control socket still answers.
    for (let look = 0; look < 20; look++) assert.equal((await readStatus(folder))?.threads[0].connections, 20)
    const ticks = (await cpuTicks(server.process.pid)) - before
    assert.ok(ticks < 50, `${ticks} ticks of CPU time while nothing happened`)
    for (const client of clients) client.destroy()
    await eventually(async () => (await request(server.port)).status === 404)
  },
)

test(
  'idle endpoint connections of quiet tenants give way to those of busy ones',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const origin = await startOrigin(t)
    const folder = folderOnAnyPort(t)
    const store = openStore({ folder, access: 'write', clock: systemClock })
    const tenants = Array.from({ length: 60 }, (_, index) => ({
      name: `t${index}`,
      hosts: [`t${index}.test`],
      pools: { web: { endpoints: [origin.url] } },
    }))
    store.write(changeOrigin, (writer) => writeConfig(writer, { tenants }))
    store.close()
    const server = await spawnServer(t, folder, ['--threads', '1'], { openFiles: 128 })
    for (let round = 0; round < 3; round += 1) {
      for (const { hosts } of tenants) {
        assert.equal((await request(server.port, { host: hosts[0] })).status, 200)
        // One of the 48 files that clients and endpoints share is the client's.
        assert.ok(origin.openCount <= 48, `${origin.openCount} connections to the endpoint`)
      }
    }
  },
)

/** Of 10 ms. */
async function cpuTicks(pid: number | undefined): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ')
  return Number(fields[11]) + Number(fields[12])
}
