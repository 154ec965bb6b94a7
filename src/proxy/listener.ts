import net from 'node:net'
import { acceptHandles } from './accept-socket.ts'
import { takeOn } from './take-on.ts'
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

export function openListener(
  thread: ThreadState,
  { address, port }: { address: string; port: number },
  events: ListenerEvents,
): ListenerShare {
  const server = net.createServer()
  server.on('error', (error: NodeJS.ErrnoException) => events.onError(error.code ?? error.message))
  server.listen({ host: address, port, backlog, reusePort: true }, () => {
    acceptHandles(server, (handle) => takeOn(thread, handle))
    events.onListening((server.address() as net.AddressInfo).port)
  })
  return { close: () => server.close() }
}
