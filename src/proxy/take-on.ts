import net from 'node:net'
import { addressOfPeer } from './accept-socket.ts'
import type { TcpHandle } from '../wire/tcp-handle.ts'
import { ClientConnection } from './client-connection.ts'
import { openLease } from './connection-lease.ts'
import type { ThreadState } from './thread-state.ts'

/** Takes a client on, or turns it away when it is one too many. */
export function takeOn(thread: ThreadState, handle: TcpHandle): void {
  if (thread.connections.size + thread.turnAway.told >= thread.maxConnections) return thread.turnAway.close(handle)
  const lease = openLease(thread, addressOfPeer(handle))
  if (typeof lease !== 'string') return void new ClientConnection(thread, handle, lease)
  const options: object = { handle, allowHalfOpen: true }
  thread.turnAway.refuse(new net.Socket(options), lease)
}
