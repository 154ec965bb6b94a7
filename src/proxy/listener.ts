import net from 'node:net'
import { acceptHandles } from './accept-socket.ts'
import type { AcceptedHandle } from './accept-socket.ts'
import { ClientConnection } from './client-connection.ts'
import type { ThreadState } from './thread-state.ts'

/** One data thread's share of a listener: all threads listen on the same address and the kernel spreads connections. */
export interface ListenerShare {
  /** Stops accepting; connections go on. */
  close(): void
}

export interface ListenerEvents {
  onListening(port: number): void
  /** Never listened, or does not any more: an `errno` name. */
  onError(code: string): void
}

/** Room for connections that the kernel has accepted and this thread has not. */
const backlog = 4_096

/** That clients are turned away is logged at most so often. */
const tellAgainUs = 60_000_000

export function openListener(
  thread: ThreadState,
  { address, port }: { address: string; port: number },
  events: ListenerEvents,
): ListenerShare {
  let toldUs = -Infinity
  const turnAway = (handle: AcceptedHandle) => {
    handle.close()
    const nowUs = thread.clock.monotonicUs()
    if (nowUs - toldUs < tellAgainUs) return
    toldUs = nowUs
    const { maxConnections } = thread
    const message = `${maxConnections} clients are connected, as many as the limit of open files allows: more are closed`
    thread.log.warn({ code: 'too_many_connections', maxConnections }, message)
  }
  const accept = (handle: AcceptedHandle) => {
    if (thread.connections.size >= thread.maxConnections) return turnAway(handle)
    new ClientConnection(thread, handle)
  }
  const server = net.createServer()
  server.on('error', (error: NodeJS.ErrnoException) => events.onError(error.code ?? error.message))
  server.listen({ host: address, port, backlog, reusePort: true }, () => {
    acceptHandles(server, accept)
    events.onListening((server.address() as net.AddressInfo).port)
  })
  return { close: () => server.close() }
}
