import type { TunnelEvents } from '../upstream/transport.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import type { ConnectionLease } from './connection-lease.ts'
import type { Exchange } from './exchange.ts'
import type { Rejection } from './rejections.ts'

/** The client's side of an exchange. HTTP/1.1 connections are one; HTTP/2 streams will be another. */
export interface Front {
  /** The socket's peer, as text. */
  readonly peerAddress: string
  readonly isTls: boolean
  /** The authority that was asked for last, and what `renderForwarding` said of it; empty at first. */
  forwardedAuthority: string
  forwardedFields: string
  /** Its connection's place among all others. */
  readonly lease: ConnectionLease
  /** The endpoint is ready for the request's body, or for more of it. */
  resumeBody(): void
  /** A 1xx answer of the endpoint. */
  writeInterim(exchange: Exchange, head: ResponseHead): void
  /** The endpoint's 101: from here on the exchange is a tunnel. */
  startTunnel(exchange: Exchange, head: ResponseHead, endpoint: ByteSocket): TunnelEvents
  startAnswer(exchange: Exchange, head: ResponseHead): void
  writeAnswer(exchange: Exchange, buffer: Buffer, start: number, end: number): void
  /** Writes what was gathered; false when the client takes no more for now: `Exchange.onClientWritable` follows. */
  flushAnswer(exchange: Exchange): boolean
  endAnswer(exchange: Exchange): void
  /** A whole answer of our own. */
  refuse(exchange: Exchange, rejection: Rejection): void
  /** The answer cannot be completed: the client must see it break off. */
  abort(): void
  /** The exchange is closed and counted: the front may go on. */
  exchangeClosed(): void
}
