import type net from 'node:net'
import tls from 'node:tls'

/** Ends both directions at once and drops what is unsent: the peer sees that this was no orderly end. */
export function resetSocket(socket: net.Socket): void {
  // Over TLS an end without close_notify says the same (RFC 8446 section 6.1), and Node resets plain sockets only.
  if (socket instanceof tls.TLSSocket || isShuttingDown(socket)) socket.destroy()
  else socket.resetAndDestroy()
}

/**
 * Everything is sent, and so is the end or it is about to be. libuv refuses to reset such a socket (EINVAL), and Node would
 * then never close it: its descriptor would be lost, and a busy loop with it.
 */
function isShuttingDown(socket: net.Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0
}
