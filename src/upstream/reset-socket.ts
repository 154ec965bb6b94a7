import type net from 'node:net'
import tls from 'node:tls'

/** Ends both directions at once and drops what is unsent: the peer sees that this was no orderly end. */
export function resetSocket(socket: net.Socket): void {
  // Over TLS an end without close_notify says the same (RFC 8446 section 6.1), and Node resets plain sockets only.
  if (socket instanceof tls.TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
