import type { Log } from '../kit/log.ts'
import type { Server } from './serve.ts'

/**
 * Serves until SIGTERM or SIGINT, then drains; resolves when all is closed. A second signal ends the process at once with
 * the exit code that shells give to that signal. SIGHUP reads the whole configuration again. A signal that comes while the
 * server starts is kept for when it has started: its first thread may be serving by then.
 */
export async function serveUntilSignal(
  starting: Server | Promise<Server>,
  log: Log,
  onStarted: (server: Server) => void = () => {},
): Promise<void> {
  const signalled = nextSignal()
  process.on('SIGHUP', ignore)
  const server = await starting
  onStarted(server)
  const reload = () => server.reload()
  process.on('SIGHUP', reload)
  process.off('SIGHUP', ignore)
  const first = await signalled
  log.info({ code: 'stopping', signal: first }, `${first}: stopping`)
  const stopListening = endAtNextSignal(log)
  await server.close()
  stopListening()
  process.off('SIGHUP', reload)
  log.info({ code: 'stopped' }, 'stopped')
}

/** A server that is starting reads everything anyway. */
function ignore(): void {}

const exitCodes = { SIGTERM: 143, SIGINT: 130 } as const
type EndSignal = keyof typeof exitCodes
const endSignals: readonly EndSignal[] = ['SIGTERM', 'SIGINT']

function nextSignal(): Promise<EndSignal> {
  const { promise, resolve } = Promise.withResolvers<EndSignal>()
  const stopListening = onEndSignal(resolve)
  return promise.finally(stopListening)
}

function endAtNextSignal(log: Log): () => void {
  return onEndSignal((signal) => {
    log.warn({ code: 'stopped_at_once', signal }, `${signal} again: ending at once`)
    process.exit(exitCodes[signal])
  })
}

function onEndSignal(listener: (signal: EndSignal) => void): () => void {
  const listeners = endSignals.map((signal) => ({ signal, call: () => listener(signal) }))
  for (const { signal, call } of listeners) process.on(signal, call)
  return () => {
    for (const { signal, call } of listeners) process.off(signal, call)
  }
}
