import type net from 'node:net'
import { renderHttpDate } from '../wire/http1/http-date.ts'
import { addToThreadCell, threadCell } from '../slab/thread-cells.ts'
import type { ConnectionExcess } from '../slab/connection-counts.ts'
import { rejections } from './rejections.ts'
import type { TcpHandle } from '../wire/tcp-handle.ts'
import type { ThreadState } from './thread-state.ts'

/** Clients that are told why at any one time: the others of a flood are not worth a file each. */
const mostTold = 64

/** How long a client has to read it, whatever it sends meanwhile. */
const lingerMs = 1_000

/** That clients are turned away is logged at most so often. */
const tellAgainUs = 60_000_000

/** Turns clients away that are too many: counted, logged now and then, and answered with 503 while that is cheap. */
export class TurnAway {
  readonly #thread: ThreadState
  #told = 0
  #loggedUs = -Infinity

  constructor(thread: ThreadState) {
    this.#thread = thread
  }

  /** Clients that are being told: an open file each. */
  get told(): number {
    return this.#told
  }

  /** Met the limit of open files, which leaves nothing to answer with. */
  close(handle: TcpHandle): void {
    this.#count('files')
    handle.close()
  }

  refuse(socket: net.Socket, excess: ConnectionExcess): void {
    this.#count(excess)
    if (this.#told >= mostTold) socket.destroy()
    else this.#answer(socket)
  }

  #count(excess: ConnectionExcess | 'files'): void {
    addToThreadCell(this.#thread.slab, this.#thread.thread, threadCell.turnedAway, 1)
    this.#log(excess)
  }

  /** What the client sends is thrown away unread: closing over it would reset the connection before the answer is read. */
  #answer(socket: net.Socket): void {
    this.#told += 1
    const timer = setTimeout(() => socket.destroy(), lingerMs)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      this.#told -= 1
    })
    socket.end(renderTurnAway(this.#thread.clock.wallMs()), 'latin1')
    socket.resume()
  }

  #log(excess: ConnectionExcess | 'files'): void {
    const nowUs = this.#thread.clock.monotonicUs()
    if (nowUs - this.#loggedUs < tellAgainUs) return
    this.#loggedUs = nowUs
    const { global, log, maxConnections } = this.#thread
    const reasons = {
      files: `${maxConnections} clients are connected, as many as the limit of open files allows`,
      all: `${global.maxConnections} clients are connected, as many as max-connections allows`,
      address: `an address has ${global.maxConnectionsPerAddress} connections, as max-connections-per-address allows`,
    }
    log.warn({ code: rejections.tooManyConnections.code, cap: excess }, `${reasons[excess]}: more are turned away`)
  }
}

/** Like any other refusal, except that there is no request whose id it could name. */
function renderTurnAway(wallMs: number): string {
  const { status, title, problem, retryAfterSeconds } = rejections.tooManyConnections
  const body = problem + ',"rule":"setting:max-connections"}'
  return (
    `HTTP/1.1 ${status} ${title}\r\nDate: ${renderHttpDate(wallMs)}\r\nContent-Type: application/problem+json\r\n` +
    `Content-Length: ${body.length}\r\nCache-Control: no-store\r\nRetry-After: ${retryAfterSeconds}\r\nConnection: close\r\n\r\n${body}`
  )
}
