import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { maxConnectionsFor } from '../../src/proxy/connection-limit.ts'
import { startBulkServer } from '../support/start-bulk-server.ts'
import { startIdleClients } from '../support/start-idle-clients.ts'

const wantedClients = 20_000
const clientsPerProcess = 2_500
/** Each client may need an endpoint's connection as well, and the process a few. */
const wantedFiles = 2 * wantedClients + 200
const mostBytes = 8 * 1_024

test(
  '20,000 idle keep-alive connections cost at most 8 KiB of resident memory each, or as many as open files allow',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const openFiles = Math.min(wantedFiles, mostOpenFiles())
    const count = Math.min(wantedClients, maxConnectionsFor(openFiles, 1))
    const { port, measureGrowth } = await startBulkServer(t, { settings: { 'idle-timeout': '1h' }, openFiles })
    const clients: Awaited<ReturnType<typeof startIdleClients>>[] = []
    const grownBytes = await measureGrowth(async () => {
      for (let left = count; left > 0; left -= clientsPerProcess) {
        const address = `127.0.0.${clients.length + 2}`
        clients.push(await startIdleClients(t, { port, address, count: Math.min(left, clientsPerProcess) }))
      }
    })
    let connected = 0
    for (const each of clients) connected += await each.countConnected()
    assert.equal(connected, count)
    const kib = (grownBytes / count / 1_024).toFixed(1)
    t.diagnostic(`${count} connections, ${kib} KiB each at the most`)
    assert.ok(grownBytes <= count * mostBytes, `${count} connections cost ${kib} KiB each`)
  },
)

/** As far as a process without rights may raise its limit. */
function mostOpenFiles(): number {
  const match = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))
  return match === null ? Infinity : Number(match[1])
}
