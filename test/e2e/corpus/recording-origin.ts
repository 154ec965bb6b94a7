import net from 'node:net'
import type { TestContext } from 'node:test'
import { readCanonical } from './read-canonical.ts'
import type { CanonicalRequest } from './read-canonical.ts'

/** One connection to a recording origin. */
export interface RecordedConnection {
  /** Everything that came, one latin1 character per byte. */
  received: string
  isEnded: boolean
  readonly socket: net.Socket
}

export interface RecordingOrigin {
  readonly url: string
  readonly connections: readonly RecordedConnection[]
  /** Bytes that were no canonical request, and why. */
  readonly violations: readonly string[]
  /** All bytes since the last call, in the order of arrival, with `ID` for the request ids. */
  take(): string
}

/** Answers one complete request; `index` is that of the connection. */
export type Answer = (request: CanonicalRequest, connection: RecordedConnection, index: number) => void

const noContent = 'HTTP/1.1 204 No Content\r\n\r\n'

/**
 * An endpoint on 127.0.0.1 that records every byte, takes requests in mtlb's own spelling only, and answers each with 204
 * unless told otherwise.
 */
export async function startRecordingOrigin(t: TestContext, answer: Answer = answerNoContent): Promise<RecordingOrigin> {
  const connections: RecordedConnection[] = []
  const violations: string[] = []
  let untaken = ''
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection: RecordedConnection = { received: '', isEnded: false, socket }
    const index = connections.push(connection) - 1
    let at = 0
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      connection.received += text
      untaken += text
      try {
        for (;;) {
          const request = readCanonical(connection.received, at)
          if (request === undefined) return
          at = request.end
          answer(request, connection, index)
        }
      } catch (error) {
        violations.push(`${String(error)}, in ${JSON.stringify(connection.received.slice(at))}`)
        socket.destroy()
      }
    })
    const end = () => {
      connection.isEnded = true
      socket.end()
    }
    socket.on('end', end)
    socket.on('close', end)
    // A reset is how many cases end.
    socket.on('error', () => {})
  })
  t.after(() => {
    server.close()
    for (const { socket } of connections) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const take = () => {
    const taken = untaken
    untaken = ''
    return taken.replaceAll(/X-Request-Id: [0-9a-f-]{36}\r\n/g, 'X-Request-Id: ID\r\n')
  }
  return { url: `http://127.0.0.1:${port}`, connections, violations, take }
}

function answerNoContent(_request: CanonicalRequest, { socket }: RecordedConnection): void {
  socket.write(noContent)
}
