import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readPool } from '../../src/control/control-client.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { residentBytes } from '../support/resident-bytes.ts'
import { spawnServer } from '../support/spawn-server.ts'
import { startAddressOrigin } from '../support/start-address-origin.ts'
import { startDnsServer } from '../support/start-dns-server.ts'
import { folderOnAnyPort } from '../support/start-server.ts'
import { origin as actor } from '../support/temp-store.ts'
import { writeConfig } from '../support/write-config.ts'

const changes = 200
const listChanges = 2_000
/** Of what 2,200 changes of membership leave behind, in memory. */
const mostGrowthBytes = 48 * 2 ** 20

test('hundreds of changes of one name, and thousands of a file, under load: no request, connection or memory is lost', async (t) => {
  const dns = await startDnsServer(t)
  const origin = await startAddressOrigin(t)
  const folder = folderOnAnyPort(t)
  const file = join(folder, 'endpoints.json')
  const pairOf = (turn: number) => [1 + (turn % 9), 1 + ((turn + 1) % 9)]
  const writeList = (turn: number) =>
    writeFileSync(file, JSON.stringify(pairOf(turn).map((at) => `http://127.0.3.${at}:${origin.port}`)))
  const setName = (turn: number) => dns.set('web.internal', { a: pairOf(turn).map((at) => `127.0.2.${at}`), ttl: 1 })
  setName(0)
  writeList(0)
  const store = openStore({ folder, access: 'write', clock: systemClock })
  store.write(actor, (writer) =>
    writeConfig(writer, {
      settings: { 'dns-servers': `127.0.0.1:${dns.port}` },
      tenants: [
        { pools: { web: { endpoints: [`http://web.internal:${origin.port}`] } } },
        { name: 'globex', pools: { web: { endpoints: [], fromFile: file } } },
      ],
    }),
  )
  store.close()
  const server = await spawnServer(t, folder, ['--threads', '2'])
  const { pid } = server.process
  const floods = await Promise.all(
    ['acme.test', 'globex.test'].map((host) => startFlood(t, { port: server.port, host, connections: 8 })),
  )
  const hasOnly = async (tenant: string, prefix: string, turn: number) => {
    const status = await readPool(folder, { tenant, pool: 'web' })
    const urls = pairOf(turn).map((at) => `http://${prefix}.${at}:${origin.port}`)
    return (
      status?.endpoints
        .map(({ url }) => url)
        .toSorted()
        .join() === urls.toSorted().join()
    )
  }
  const settle = async () => {
    for (let turn = 1; turn <= 20; turn++) {
      setName(turn)
      await eventually(() => hasOnly('acme', '127.0.2', turn))
    }
  }
  await settle()
  const before = { bytes: residentBytes(pid), files: countFiles(pid) }

  let turns = 0
  const changeList = async () => {
    for (; turns < listChanges; turns++) {
      writeList(turns + 1)
      await eventually(() => hasOnly('globex', '127.0.3', turns + 1))
    }
  }
  const changeName = async () => {
    for (let turn = 21; turn <= changes; turn++) {
      setName(turn)
      await eventually(() => hasOnly('acme', '127.0.2', turn))
    }
  }
  await Promise.all([changeList(), changeName()])
  const after = { bytes: residentBytes(pid), files: countFiles(pid) }
  const answers = floods.reduce((sum, flood) => sum + flood.answers, 0)
  const grownMiB = (after.bytes - before.bytes) / 2 ** 20
  t.diagnostic(`${answers} answers; ${grownMiB.toFixed(1)} MiB more, ${after.files - before.files} open files more`)

  const live = new Set([
    ...pairOf(changes).map((at) => `127.0.2.${at}`),
    ...pairOf(listChanges).map((at) => `127.0.3.${at}`),
  ])
  await eventually(() => [...origin.open].every(([address, open]) => open === 0 || live.has(address)))
  await Promise.all(floods.map((flood) => flood.stop()))
  for (const flood of floods) assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
  assert.ok(after.files <= before.files + 16, `${after.files} open files instead of ${before.files}`)
  assert.ok(after.bytes - before.bytes < mostGrowthBytes, `${grownMiB} MiB more`)
})

function countFiles(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length
}
