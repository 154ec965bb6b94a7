import net from 'node:net'
import type { TestContext } from 'node:test'
import { eventually } from './eventually.ts'
import { writeMuch } from './write-much.ts'

/** All clients read into it: nobody looks at what arrives. */
const readBuffer = Buffer.allocUnsafe(256 * 1024)

const host = 'Host: acme.test\r\n'

/** A client that counts the bytes that it gets and keeps none. */
export class BulkClient {
  receivedBytes = 0
  isClosed = false
  readonly #socket: net.Socket

  /** With a number, it reads at most so many bytes, and then none until `readOn`. */
  constructor(t: TestContext, port: number, mostReadBytes = Infinity) {
    const onread = {
      buffer: readBuffer.subarray(0, Math.min(mostReadBytes, readBuffer.length)),
      callback: (length: number) => {
        this.receivedBytes += length
        return mostReadBytes === Infinity
      },
    }
    this.#socket = net.connect({ port, host: '127.0.0.1', noDelay: true, onread })
    t.after(() => this.#socket.destroy())
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.isClosed = true
    })
  }

  /** Asks for so many bytes, or for `chunks`. */
  get(wanted: number | 'chunks'): void {
    this.#socket.write(`GET /${wanted} HTTP/1.1\r\n${host}\r\n`)
  }

  /** Sends so many bytes, as fast as they are taken. */
  post(bytes: number): void {
    this.#socket.write(`POST / HTTP/1.1\r\n${host}Content-Length: ${bytes}\r\n\r\n`)
    writeMuch(this.#socket, bytes)
  }

  readOn(): void {
    this.#socket.resume()
  }

  /** Resolves once so many bytes have come, heads included. */
  async untilReceived(bytes: number, timeoutMs?: number): Promise<void> {
    await eventually(() => {
      if (this.isClosed && this.receivedBytes < bytes) throw new Error(`closed after ${this.receivedBytes} bytes`)
      return this.receivedBytes >= bytes
    }, timeoutMs)
  }
}
