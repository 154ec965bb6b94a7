import type { Clock } from '../kit/clock.ts'
import type { Sweeper } from '../kit/sweeper.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import type { WebSocketHandshake } from '../wire/http1/websocket-handshake.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import type { WriteThread } from '../wire/socket-writer.ts'
import type { StuckSockets } from '../wire/stuck-sockets.ts'
import type { ConnectionRoom } from './connection-room.ts'
import type { Fault } from './fault.ts'

/** What an endpoint is sent: the parsed request and what mtlb says about it. An exchange is one. */
export interface ForwardRequest {
  readonly head: RequestHead
  /** Path and query as the endpoint shall see them. */
  readonly target: string
  /** Where the request came from: whole field lines, X-Forwarded-* to Via (RFC 7239, RFC 9110 section 7.6.3). */
  readonly forwardedFields: string
  readonly requestId: string
  readonly tenantName: string
  /** Bit `id` is set for each field that the endpoint does not get: it carried the API key, or cookies of ours. */
  readonly withheldFields: number
  /** The client's own cookies, a whole field line, where that field is withheld; else empty. */
  readonly cookieLine: string
  /** The request opens a WebSocket: it has a connection of its own, and only a 101 that fits this is taken. */
  readonly handshake: WebSocketHandshake | undefined
  /** Longest wait for the head of the answer, once the request is complete. */
  readonly timeoutMs: number
  /** Longest silence of the endpoint within the answer, and longest time that it takes nothing of the request. */
  readonly idleTimeoutMs: number
}

/** Who is told of the answer. Calls come in this order; a fault or the end is the last. */
export interface AnswerSink {
  /** The connection that was asked for stands; the request may be sent. Not called when it stood at once. */
  onReady(): void
  /** A 1xx answer other than 101: more will follow. */
  onInterimHead(head: ResponseHead): void
  /**
   * The 101 that was asked for, and the last of these calls: from here on the socket carries bytes both ways, and what
   * comes from it is told to whoever is returned.
   */
  onUpgrade(head: ResponseHead, socket: ByteSocket): TunnelEvents
  onAnswerHead(head: ResponseHead): void
  /** The bytes are only lent: copy what must outlive the call. */
  onAnswerData(buffer: Buffer, start: number, end: number): void
  /** One read is through and the answer goes on: what was gathered can be written. */
  onAnswerPause(): void
  onAnswerEnd(): void
  /** The endpoint takes request bytes again. */
  onWritable(): void
  onFault(fault: Fault): void
  /** One of the calls above has thrown, or the codec has: a defect of ours, which ends this request alone. */
  onDefect(error: unknown): void
}

/** Who is told of an endpoint's side of a tunnel. */
export interface TunnelEvents {
  /** The bytes are only lent: copy what must outlive the call. */
  onEndpointBytes(buffer: Buffer, start: number, end: number): void
  /** The endpoint takes more again. */
  onEndpointDrain(): void
  /** The endpoint has closed its side in good order. */
  onEndpointEnd(): void
  /** The connection is gone, in whichever way; may be called twice. */
  onEndpointClose(): void
}

/** One request's way to an endpoint and back. HTTP/1.1 connections are one; HTTP/2 streams will be another. */
export interface EndpointStream {
  /** False while connecting: `onReady` or `onFault` follows. */
  readonly isReady: boolean
  /** False while the endpoint does not take more of the body: `onWritable` follows. */
  readonly isWritable: boolean
  sendHead(request: ForwardRequest): void
  sendBody(buffer: Buffer, start: number, end: number): void
  endBody(): void
  /** Everything sent since the last flush leaves in one write, at the end of the event loop's turn. */
  flush(): void
  /** Back-pressure from the client: the endpoint is not read until `resumeAnswer`. */
  pauseAnswer(): void
  resumeAnswer(): void
  /** Both sides ended cleanly: the connection may serve this tenant again. */
  release(): void
  /** Anything else: the connection is burnt. */
  destroy(): void
}

/** What all connections to endpoints of one data thread share. */
export interface UpstreamThread extends WriteThread {
  readonly clock: Clock
  readonly sweeper: Sweeper
  /** Where every socket reads into: a read is handled whole before the next one begins. */
  readonly readBuffer: Buffer
  readonly room: ConnectionRoom
  /** Endpoints that do not take a request. */
  readonly stuck: StuckSockets
  /** Connections to one endpoint that are kept while they lie idle. */
  endpointIdleConnections: number
  /** How long a connection may wait for its next request. */
  endpointIdleTimeoutMs: number
}
