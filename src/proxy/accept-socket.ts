import net from 'node:net'
import { mostUntakenBytes } from '../wire/socket-writer.ts'

/** A connection that the kernel has accepted and no socket speaks for yet. */
export interface AcceptedHandle {
  close(): void
  /** Fills in the address as text; returns an error number, or 0. */
  getpeername(into: { address?: string }): number
}

/** Who gets a socket's bytes; they are only lent for the time of the call. */
export interface BytesTarget {
  onBytes(buffer: Buffer, length: number): void
}

/** What Node calls for each accepted connection: with an error number, or with 0 and its handle. */
interface ListeningHandle {
  onconnection(error: number, handle: AcceptedHandle | undefined): void
}

/**
 * Hands out what a listening server accepts before Node makes sockets of it. Those would allocate 64 KiB for each read and
 * pass it through a stream, 1 µs per request and most of the garbage. Node has the remedy (`onread`) only for sockets
 * that a program makes itself, so the server's handle is asked. The runtime is pinned, and tests hold this way open.
 */
export function acceptHandles(server: net.Server, accept: (handle: AcceptedHandle) => void): void {
  const listening = Reflect.get(server, '_handle') as ListeningHandle
  const makeSocket = listening.onconnection.bind(listening)
  listening.onconnection = (error, handle) => {
    if (error === 0 && handle !== undefined) accept(handle)
    else makeSocket(error, handle)
  }
}

/** The client's address as text, empty when it has gone already. */
export function addressOfPeer(handle: AcceptedHandle): string {
  const peer: { address?: string } = {}
  handle.getpeername(peer)
  return plainAddress(peer.address ?? '')
}

/**
 * As the kernel tells it, an IPv4 peer of an IPv6 socket is `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2), and a link-local
 * one has a zone: `fe80::1%eth0` (RFC 4007 section 11). Here both are addresses without either, which all else can read.
 */
export function plainAddress(address: string): string {
  if (address.startsWith('::ffff:')) return address.slice(7)
  const zoneAt = address.indexOf('%')
  return zoneAt === -1 ? address : address.slice(0, zoneAt)
}

/** A socket that reads into `buffer`, whoever else does; it begins at once. */
export function createAcceptedSocket(handle: AcceptedHandle, buffer: Buffer, target: BytesTarget): net.Socket {
  const onread = {
    buffer,
    callback: (length: number) => {
      target.onBytes(buffer, length)
      return true
    },
  }
  const options: object = { handle, onread, allowHalfOpen: true, writableHighWaterMark: mostUntakenBytes }
  const socket = new net.Socket(options)
  return socket.setNoDelay(true)
}
