import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startBulkOrigin } from './bulk-origin.ts'
import type { BulkOrigin } from './bulk-origin.ts'
import { request } from './request.ts'
import { residentBytes } from './resident-bytes.ts'
import { spawnServer } from './spawn-server.ts'
import { folderOnAnyPort } from './start-server.ts'
import { origin as operator } from './temp-store.ts'
import { writeConfig } from './write-config.ts'

export interface BulkServer {
  readonly port: number
  readonly origin: BulkOrigin
  readonly pid: number | undefined
  /** Runs the work, and returns by how many bytes the server grew beyond what it holds when idle, at most. */
  measureGrowth(work: () => Promise<void>): Promise<number>
}

export interface BulkServerOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** How many the process may have. */
  readonly openFiles?: number
}

const sampleMs = 100

/** A server in a process of its own, whose memory says what it holds, with one data thread; it has served requests already. */
export async function startBulkServer(
  t: TestContext,
  { settings = {}, openFiles }: BulkServerOptions = {},
): Promise<BulkServer> {
  const origin = await startBulkOrigin(t)
  const folder = folderOnAnyPort(t)
  const store = openStore({ folder, access: 'write', clock: systemClock })
  store.write(operator, (writer) =>
    writeConfig(writer, { settings, tenants: [{ pools: { web: { endpoints: [origin.url] } } }] }),
  )
  store.close()
  const { port, process } = await spawnServer(t, folder, ['--threads', '1'], { openFiles })
  for (let round = 1; round <= 300; round++) await request(port, { path: '/100' })
  const idleBytes = residentBytes(process.pid)
  const measureGrowth = async (work: () => Promise<void>) => {
    let mostBytes = 0
    const sample = () => {
      mostBytes = Math.max(mostBytes, residentBytes(process.pid))
    }
    const timer = setInterval(sample, sampleMs)
    await work().finally(() => clearInterval(timer))
    sample()
    return mostBytes - idleBytes
  }
  return { port, pid: process.pid, origin, measureGrowth }
}
