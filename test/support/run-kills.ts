import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { readLimits } from '../../src/control/control-client.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { queryUsage } from '../../src/ledger/usage-query.ts'
import { listener } from '../../src/model/listener.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from './eventually.ts'
import { startFlood } from './flood.ts'
import { spawnServer } from './spawn-server.ts'
import { startOrigin } from './start-origin.ts'
import { tempFolder } from './temp-store.ts'
import { writeConfig } from './write-config.ts'

/** One life of the server, until it was killed. */
interface Life {
  readonly seconds: number
  /** Answers with 200 that clients have seen. */
  readonly served: number
  /** Requests that clients have sent, at most. */
  readonly sent: number
  /** What the ledger has grown by. */
  readonly inLedger: number
}

export interface Kills {
  readonly lives: readonly Life[]
  /** Requests that endpoints have got. */
  readonly spent: number
  /** What of the quota counts as used after the last kill. */
  readonly used: number
}

const connections = 16

/** Kills a server under load again and again, each time after some seconds, with a quota of so many requests. */
export async function runKills(
  t: TestContext,
  plan: { quota: string; kills: number; secondsEach: number },
): Promise<Kills> {
  let spent = 0
  const origin = await startOrigin(t, (_, response) => {
    spent += 1
    response.writeHead(200, { 'content-length': 2 }).end('ok')
  })
  const folder = tempFolder(t)
  prepare(folder, origin.url, plan.quota)
  const lives: Life[] = []
  for (let kill = 0; kill < plan.kills; kill++) {
    const before = countInLedger(folder)
    const server = await spawnServer(t, folder, ['--threads', '2'])
    const flood = await startFlood(t, { port: server.port, connections })
    const startMs = performance.now()
    await eventually(() => flood.answers > 0)
    await setTimeout(plan.secondsEach * 1_000)
    await server.end('SIGKILL')
    const seconds = (performance.now() - startMs) / 1_000
    await eventually(() => flood.broken === connections)
    // The next life closes the accounts of this one: its rows are read as they were left.
    const inLedger = countInLedger(folder) - before
    lives.push({ seconds, served: flood.statuses.get(200) ?? 0, sent: flood.answers + connections, inLedger })
  }
  const server = await spawnServer(t, folder, ['--threads', '2'])
  const limits = await readLimits(folder, 'acme')
  await server.end('SIGTERM')
  const [{ quota, left }] = limits!.flatMap(({ quotas }) => quotas)
  return { lives, spent, used: Number(quota.split('/')[0]) - left }
}

function prepare(folder: string, url: string, quota: string): void {
  const store = openStore({ folder, access: 'write', clock: systemClock })
  store.write({ actor: 'test', command: 'test' }, (writer) => {
    writer.update(listener, 1, { bind: '127.0.0.1:0' })
    writeConfig(writer, {
      tenants: [{ pools: { web: { endpoints: [url] } }, limits: { tenant: { quotas: [quota] } } }],
    })
  })
  store.close()
}

function countInLedger(folder: string): number {
  const spanOf = () => ({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER })
  return queryUsage(folder, { of: 'tenant', spanOf })
    .filter(({ tenant }) => tenant === 'acme')
    .reduce((sum, { usage }) => sum + usage.requests, 0)
}
