import type net from 'node:net'
import type { TcpHandle } from '../wire/tcp-handle.ts'

/** What Node calls for each accepted connection: with an error number, or with 0 and its handle. */
interface ListeningHandle {
  setNoDelay(isOn: boolean): number
  onconnection(error: number, handle: TcpHandle | undefined): void
}

/** Hands out what a listening server accepts before Node makes sockets of it: `TcpSocket` says why, and why that is sound. */
export function acceptHandles(server: net.Server, accept: (handle: TcpHandle) => void): void {
  const listening = Reflect.get(server, '_handle') as ListeningHandle
  // Linux passes it on to what is accepted, which spares a system call for each.
  listening.setNoDelay(true)
  const makeSocket = listening.onconnection.bind(listening)
  listening.onconnection = (error, handle) => {
    if (error === 0 && handle !== undefined) accept(handle)
    else makeSocket(error, handle)
  }
}

/** The client's address as text, empty when it has gone already. */
export function addressOfPeer(handle: TcpHandle): string {
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
