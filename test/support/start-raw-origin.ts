import net from 'node:net'
import type { TestContext } from 'node:test'
import { eventually } from './eventually.ts'

/** What a raw origin does with one connection; a text answers every request head that comes. */
export type RawScript = string | ((connection: RawConnection, index: number) => void | Promise<void>)

export interface RawOrigin {
  readonly url: string
  readonly port: number
  readonly connections: readonly RawConnection[]
}

/** An endpoint on 127.0.0.1 that records the exact bytes it gets and answers exactly what its script writes. */
export async function startRawOrigin(t: TestContext, script: RawScript): Promise<RawOrigin> {
  const connections: RawConnection[] = []
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection = new RawConnection(socket)
    connections.push(connection)
    if (typeof script === 'string') return connection.answerEvery(script)
    // A script ends in the middle when its connection does: that is what many of them are for.
    Promise.resolve(script(connection, connections.length - 1)).catch((error: unknown) =>
      socket.destroy(error as Error),
    )
  })
  t.after(() => {
    server.close()
    for (const connection of connections) connection.reset()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, connections }
}

/** One connection of a raw origin. */
export class RawConnection {
  /** Every byte so far, one latin1 character each. */
  received = ''
  /** The other side has ended or the connection is gone. */
  isEnded = false
  isClosed = false
  readonly #socket: net.Socket

  constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1')
    })
    socket.on('end', () => {
      this.isEnded = true
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isEnded = true
      this.isClosed = true
    })
  }

  get headCount(): number {
    return this.received.split('\r\n\r\n').length - 1
  }

  /** Resolves once the text has arrived; without one, once a request head is complete. */
  async until(text = '\r\n\r\n'): Promise<void> {
    await eventually(() => this.received.includes(text))
  }

  /** For requests without a body. */
  answerEvery(answer: string): void {
    let answered = 0
    this.#socket.on('data', () => {
      for (; answered < this.headCount; answered += 1) this.write(answer)
    })
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  /** Writes in pieces of that many bytes, each in its own packet as far as the kernel lets it. */
  async writeSlowly(text: string, pieceBytes = 1): Promise<void> {
    for (let at = 0; at < text.length; at += pieceBytes) {
      this.write(text.slice(at, at + pieceBytes))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Closes in good order. */
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

  /** Bytes that the other side has not taken yet, beside those in the kernel. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }
}
