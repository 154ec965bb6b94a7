import net from 'node:net'
import tls from 'node:tls'
import { findSocketInode } from '../kit/send-queues.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import { mostUntakenBytes } from '../wire/socket-writer.ts'
import { takenBytesOf } from '../wire/tcp-handle.ts'
import type { TcpHandle } from '../wire/tcp-handle.ts'
import type { EndpointAddress } from './endpoint.ts'
import type { EndpointSocketEvents } from './open-socket.ts'

/** Begins to connect over TLS. */
export function openTls(address: EndpointAddress, events: EndpointSocketEvents): ByteSocket {
  const socket = tls.connect({
    host: address.address,
    port: address.port,
    servername: net.isIP(address.host) === 0 ? address.host : '',
    ALPNProtocols: ['http/1.1'],
    allowHalfOpen: true,
    writableHighWaterMark: mostUntakenBytes,
  } as tls.ConnectionOptions)
  socket.setNoDelay(true)
  let failure = ''
  socket.on('secureConnect', () => events.onConnect())
  socket.on('data', (bytes: Buffer) => events.onBytes(bytes, bytes.length))
  socket.on('drain', () => events.onDrain())
  socket.on('end', () => events.onEnd())
  socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code ?? error.message))
  socket.on('close', () => events.onClose(failure))
  return new TlsSocket(socket)
}

/** A TLS connection of Node's, told what a `ByteSocket` is told. */
class TlsSocket implements ByteSocket {
  readonly #socket: tls.TLSSocket

  constructor(socket: tls.TLSSocket) {
    this.#socket = socket
  }

  get writableLength(): number {
    return this.#socket.writableLength
  }

  get writableNeedDrain(): boolean {
    return this.#socket.writableNeedDrain
  }

  get takenBytes(): number {
    return takenBytesOf(this.#handle)
  }

  get receivedBytes(): number {
    return this.#socket.bytesRead
  }

  get inode(): string | undefined {
    return this.#handle === undefined ? undefined : findSocketInode(this.#handle.fd)
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  writeText(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(onSent?: () => void): void {
    this.#socket.end(onSent)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** An end without close_notify says that it was none in good order (RFC 8446 section 6.1). */
  reset(): void {
    this.#socket.destroy()
  }

  /** That of the TCP connection below, which Node has no interface for; undefined once it is closed. */
  get #handle(): TcpHandle | undefined {
    return (Reflect.get(this.#socket, '_handle') as TcpHandle | null) ?? undefined
  }
}
