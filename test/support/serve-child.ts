import { startServer } from '../../src/control/serve.ts'
import { serveUntilSignal } from '../../src/control/shutdown.ts'
import { createLog } from '../../src/kit/log.ts'

// A server as a process of its own, for tests that kill it: `serve-child.ts FOLDER`. Says its ports on standard output.
const log = createLog({ name: 'main' })
const server = await startServer({ folder: process.argv[2], threads: 1, log })
const ended = serveUntilSignal(server, log)
process.stdout.write(`${JSON.stringify(server.listeners)}\n`)
await ended
