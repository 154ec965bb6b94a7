import net from 'node:net'
import type { TestContext } from 'node:test'
import { eventually } from './eventually.ts'

const keptBytes = 4_000_000

/** One side of a TCP connection, with the exact bytes that it got. */
export class RawConnection {
  /** The first 4 MB, one latin1 character per byte. */
  received = ''
  receivedBytes = 0
  /** The other side has closed with RST. */
  isReset = false
  /** The other side has ended, or the connection is gone. */
  isEnded = false
  isClosed = false
  readonly #socket: net.Socket

  constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => {
      this.receivedBytes += bytes.length
      if (this.received.length < keptBytes) this.received += bytes.toString('latin1')
    })
    socket.on('end', () => {
      this.isEnded = true
    })
    // One of the things that tests look for; `close` follows.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.isReset = error.code === 'ECONNRESET'
    })
    socket.on('close', () => {
      this.isEnded = true
      this.isClosed = true
    })
  }

  /** Resolves once the text has arrived; without one, once a head is complete. */
  async until(text = '\r\n\r\n'): Promise<void> {
    await eventually(() => {
      if (this.received.includes(text)) return true
      throw new Error(`waited for ${JSON.stringify(text)}, got ${JSON.stringify(this.received.slice(-500))}`)
    })
  }

  async untilEnded(): Promise<void> {
    await eventually(() => this.isEnded)
  }

  /** Calls with each head that is complete, those that have come already included; for messages without a body. */
  onHead(handle: (head: string) => void): void {
    let handled = 0
    const look = () => {
      for (; handled < this.headCount; handled += 1) handle(this.received.split('\r\n\r\n')[handled])
    }
    this.#socket.on('data', look)
    look()
  }

  /** Calls when the other side ends. */
  onEnd(handle: () => void): void {
    this.#socket.once('end', handle)
  }

  /** Heads that have arrived whole, as long as no body contains an empty line. */
  get headCount(): number {
    return this.received.split('\r\n\r\n').length - 1
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  /** Writes in pieces, each in its own packet as far as the kernel lets it. */
  async writeSlowly(text: string, pieceBytes = 1): Promise<void> {
    for (let at = 0; at < text.length; at += pieceBytes) {
      this.write(text.slice(at, at + pieceBytes))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Closes this side in good order; the other may still write. */
  end(text = ''): void {
    this.#socket.end(text, 'latin1')
  }

  /** Closes with RST. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** From now on the kernel's buffers fill up. */
  stopReading(): void {
    this.#socket.pause()
  }

  readOn(): void {
    this.#socket.resume()
  }

  /** Bytes that wait in this process because the kernel takes no more. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  /** Bytes that the kernel has taken, as far as whole writes are through. */
  get sentBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength
  }
}

/** Opens a connection to 127.0.0.1 as a client. */
export async function connectRaw(t: TestContext, port: number): Promise<RawConnection> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true })
  t.after(() => socket.destroy())
  const connection = new RawConnection(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return connection
}
