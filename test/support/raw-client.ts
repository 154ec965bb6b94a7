import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'
import { readRawResponse } from './raw-response.ts'
import type { RawResponse } from './raw-response.ts'

const timeoutMs = 5_000

export interface ReadOptions {
  /** Of the request that is answered: HEAD has no body, whatever the fields say. */
  readonly method?: string
}

/** Connects to 127.0.0.1 at that port; the connection ends with the test. */
export async function openRawClient(t: TestContext, port: number): Promise<RawClient> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true })
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return new RawClient(socket)
}

/** A connection that says exactly what a test wants it to say. */
export class RawClient {
  readonly socket: net.Socket
  #received: Buffer = Buffer.alloc(0)
  #isClosed = false
  readonly #waiting = new Set<() => void>()

  constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes])
      this.#lookAgain()
    })
    socket.on('end', () => this.#close())
    socket.on('close', () => this.#close())
    // A reset is a way of closing; `close` follows.
    socket.on('error', () => {})
  }

  /** Everything received and not read yet. */
  get unread(): Buffer {
    return this.#received
  }

  /** Resolves when the other side has closed, also by a reset; rejects when it has not 5 s from now. */
  get closed(): Promise<true> {
    return this.#wait('close', () => (this.#isClosed ? true : undefined))
  }

  /** Strings are latin1. */
  send(bytes: Buffer | string): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Ends our side; the other may go on. */
  end(): void {
    this.socket.end()
  }

  /** The next answer, interim ones (1xx) too; rejects when the other side closes, or 5 s pass, before it is complete. */
  readResponse({ method = 'GET' }: ReadOptions = {}): Promise<RawResponse> {
    return this.#wait('response', () => {
      const response = readRawResponse(this.#received, method, this.#isClosed)
      if (response) this.#received = this.#received.subarray(response.byteLength)
      if (!response && this.#isClosed) throw new Error(`closed without a whole response, ${this.#describe()}`)
      return response
    })
  }

  #wait<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
      }
      const look = (): void => {
        try {
          const found = find()
          if (found === undefined) return
          settle()
          resolve(found)
        } catch (error) {
          settle()
          reject(error)
        }
      }
      const timer = setTimeout(() => {
        settle()
        reject(new Error(`no ${what} within ${timeoutMs} ms, ${this.#describe()}`))
      }, timeoutMs)
      this.#waiting.add(look)
      look()
    })
  }

  #close(): void {
    this.#isClosed = true
    this.#lookAgain()
  }

  #lookAgain(): void {
    for (const look of this.#waiting) look()
  }

  #describe(): string {
    return `received: ${JSON.stringify(this.#received.toString('latin1', 0, 500))}`
  }
}
