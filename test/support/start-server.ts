import type { TestContext } from 'node:test'
import { waitForRevision } from '../../src/control/control-client.ts'
import type { WaitOutcome } from '../../src/control/wait.ts'
import { startServer as start } from '../../src/control/serve.ts'
import type { Server } from '../../src/control/serve.ts'
import type { ServerOptions } from '../../src/control/server-options.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { createLog } from '../../src/kit/log.ts'
import { listener } from '../../src/model/listener.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { Writer } from '../../src/store/writer.ts'
import { cleanUp } from './clean-up.ts'
import { origin, tempFolder } from './temp-store.ts'

export interface StartOptions extends Partial<ServerOptions> {
  /** What is in the database before the server starts, beside the listener `main` on a port of its own. */
  readonly config?: (writer: Writer) => void
}

export interface TestServer {
  /** Of the listener `main`. */
  readonly port: number
  readonly folder: string
  /** A connection of its own, as a command has. */
  readonly store: Store
  readonly server: Server
  /** Everything that the main thread has logged so far. */
  readonly logged: readonly LogLine[]
  /** Commits a change and waits until it is enforced or refused. */
  change(work: (writer: Writer) => void, tenant?: string): Promise<WaitOutcome | { readonly outcome: 'no_server' }>
}

export interface LogLine {
  readonly level: string
  readonly code: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** A server in this process on a folder of its own, with two data threads; it ends with the test. */
export async function startServer(t: TestContext, options: StartOptions = {}): Promise<TestServer> {
  const { config, folder = tempFolder(t), ...rest } = options
  const store = openStore({ folder, access: 'write', clock: systemClock })
  cleanUp(t, () => store.close())
  moveMainListener(store)
  if (config !== undefined) store.write(origin, config)
  const logged: LogLine[] = []
  const log = createLog({ name: 'main', destination: { write: (line) => void logged.push(JSON.parse(line)) } })
  const server = await start({ folder, threads: 2, drainMs: 2_000, log, ...rest })
  cleanUp(t, () => server.close())
  const change: TestServer['change'] = (work, tenant) => {
    const { revision } = store.write(origin, work)
    return waitForRevision({ folder, revision, tenant, timeoutMs: 5_000 })
  }
  return { port: portOf(server, 'main'), folder, store, server, logged, change }
}

/** A fresh database listens on port 8080, which a test must not take. */
export function moveMainListener(store: Store): void {
  const main = store.find(listener, { name: 'main' })
  if (main?.bind !== '0.0.0.0:8080') return
  store.write(origin, (writer) => writer.update(listener, main.id, { bind: '127.0.0.1:0' }))
}

/** A folder for a server in another process. */
export function folderOnAnyPort(t: TestContext): string {
  const folder = tempFolder(t)
  const store = openStore({ folder, access: 'write', clock: systemClock })
  moveMainListener(store)
  store.close()
  return folder
}

export function portOf(server: Server, name: string): number {
  return server.listeners.find((candidate) => candidate.name === name)?.port ?? 0
}
