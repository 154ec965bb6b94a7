import type { Expiring } from '../kit/sweeper.ts'
import { countFault } from '../slab/stats.ts'
import type { TunnelEvents } from '../upstream/transport.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import { SocketWriter } from '../wire/socket-writer.ts'
import type { ClientSocket, ClientSocketEvents } from './client-socket.ts'
import { closeExchange } from './close.ts'
import type { Exchange } from './exchange.ts'
import { failExchange } from './fail.ts'
import type { Shape, Shaped } from './shape.ts'

/** Who ended a tunnel, as its record says; empty when one side closed in good order. */
export type TunnelCode =
  | ''
  | 'client_closed'
  | 'client_timeout'
  | 'endpoint_closed'
  | 'tunnel_idle'
  | 'tunnel_expired'
  | 'tunnel_drained'

export interface TunnelSides {
  readonly client: ClientSocket
  readonly endpoint: ByteSocket
  /** The client's socket is closed and the exchange as well. */
  onOver(): void
}

/**
 * An exchange after its 101: bytes both ways, as they come. A side that does not take them stops the other side; one that
 * closes its direction closes that direction of the other, once everything before has gone out; one that breaks breaks
 * the other. Bandwidths hold as before. The exchange closes with its tunnel. Its times are those of the settings when it began.
 */
export class Tunnel implements ClientSocketEvents, TunnelEvents, Expiring, Shaped {
  deadlineUs = 0
  readonly #exchange: Exchange
  readonly #sides: TunnelSides
  readonly #client: ClientSocket
  readonly #endpoint: ByteSocket
  readonly #toEndpoint: SocketWriter
  readonly #shape: Shape | undefined
  readonly #idleUs: number
  readonly #expiresUs: number
  #hasClientEnded = false
  #hasEndpointEnded = false
  #isClientClosed = false
  #isEndpointClosed = false

  constructor(exchange: Exchange, sides: TunnelSides) {
    const { clock, global, sweeper, upstream } = exchange.thread
    this.#exchange = exchange
    this.#sides = sides
    this.#client = sides.client
    this.#endpoint = sides.endpoint
    this.#toEndpoint = new SocketWriter(sides.endpoint, upstream)
    this.#idleUs = global.tunnelIdleTimeoutMs * 1_000
    this.#expiresUs = clock.monotonicUs() + global.tunnelMaxAgeMs * 1_000
    this.#shape = exchange.shape
    this.#shape?.handOver(this)
    this.#postpone()
    sweeper.add(this)
  }

  /** The client sends; its bytes are only lent, and so are the endpoint's. */
  onBytes(buffer: Buffer, length: number): void {
    try {
      this.#exchange.bytesIn += length
      if (this.#isEndpointClosed) return
      this.#postpone()
      const isBehind = hasBacklog(this.#toEndpoint, buffer, 0, length)
      this.#shape?.countIn(length)
      if (isBehind || this.#shape?.passUp() === false) this.#client.pause()
    } catch (error) {
      this.#fail(error)
    }
  }

  onEndpointBytes(buffer: Buffer, start: number, end: number): void {
    try {
      this.#exchange.bytesOut += end - start
      this.#postpone()
      const isBehind = hasBacklog(this.#client.writer, buffer, start, end)
      this.#shape?.countOut(end - start)
      if (this.#shape?.passDown() === false) this.#endpoint.pause()
      if (isBehind) this.#waitForClient()
    } catch (error) {
      this.#fail(error)
    }
  }

  onStall(): void {
    this.#client.reset()
    this.#endpoint.reset()
    this.#stop('client_timeout')
  }

  onDrain(): void {
    if (this.#shape?.isDownHeld !== true) this.#endpoint.resume()
  }

  onEndpointDrain(): void {
    if (this.#shape?.isUpHeld !== true) this.#client.resume()
  }

  onUpTurn(): void {
    this.#postpone()
    if (!isBehind(this.#toEndpoint)) this.#client.resume()
  }

  onDownTurn(): void {
    this.#postpone()
    if (!isBehind(this.#client.writer)) this.#endpoint.resume()
  }

  onEnd(): void {
    this.#hasClientEnded = true
    this.#toEndpoint.flush()
    this.#endpoint.end()
  }

  onEndpointEnd(): void {
    this.#hasEndpointEnded = true
    this.#client.end()
  }

  onClose(): void {
    this.#isClientClosed = true
    if (this.#exchange.isClosed) return this.#sides.onOver()
    if (!this.#hasClientEnded || !this.#hasEndpointEnded) return this.#break('client_closed')
    if (this.#isEndpointClosed) this.#stop('')
  }

  onEndpointClose(): void {
    if (this.#isEndpointClosed) return
    this.#isEndpointClosed = true
    if (this.#exchange.isClosed) return
    if (!this.#hasEndpointEnded) return this.#break('endpoint_closed')
    if (this.#isClientClosed) return this.#stop('')
    // It has sent all it had to send and takes no more: so the client's remaining bytes are thrown away.
    if (!this.#hasClientEnded) this.#client.finish()
  }

  /** The client's socket has no deadline of its own. */
  onDeadline(): void {
    const isOld = this.deadlineUs === this.#expiresUs
    this.#stop(isOld ? 'tunnel_expired' : 'tunnel_idle')
  }

  /** Ends now; the record is written before this returns. */
  abandon(): void {
    this.#stop('tunnel_drained')
  }

  #waitForClient(): void {
    this.#endpoint.pause()
    this.#client.awaitTaking()
  }

  /** Any byte from either side. */
  #postpone(): void {
    const idleAtUs = this.#exchange.thread.clock.monotonicUs() + this.#idleUs
    this.deadlineUs = idleAtUs < this.#expiresUs ? idleAtUs : this.#expiresUs
  }

  /** One side broke off, which the other shall see. Who breaks after an end in good order only agrees to it. */
  #break(code: 'client_closed' | 'endpoint_closed'): void {
    const { thread, endpoint } = this.#exchange
    const isAgreed = this.#hasClientEnded || this.#hasEndpointEnded
    if (code === 'endpoint_closed' && !isAgreed) countFault(thread.slab, endpoint!.statsAt)
    this.#client.reset()
    this.#endpoint.reset()
    this.#stop(isAgreed ? '' : code)
  }

  #stop(code: TunnelCode): void {
    this.#exchange.code = code
    this.#client.destroy()
    this.#endpoint.destroy()
    this.#exchange.thread.sweeper.delete(this)
    closeExchange(this.#exchange)
    if (this.#isClientClosed) this.#sides.onOver()
  }

  /** A defect of ours ends this tunnel and nothing else. */
  #fail(error: unknown): void {
    this.#exchange.thread.sweeper.delete(this)
    failExchange(this.#exchange, error)
    if (this.#isClientClosed) this.#sides.onOver()
  }
}

/**
 * Sends on; true when the kernel has not taken everything and `drain` will follow. A large write that it took whole may ask
 * for a drain as well.
 */
function hasBacklog(writer: SocketWriter, buffer: Buffer, start: number, end: number): boolean {
  writer.addBytes(buffer, start, end)
  writer.send()
  return isBehind(writer)
}

function isBehind(writer: SocketWriter): boolean {
  return writer.isClogged && writer.isBehind
}
