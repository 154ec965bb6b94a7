import net from 'node:net'
import type { TestContext } from 'node:test'
import { writeMuch } from './write-much.ts'

export interface BulkOrigin {
  readonly url: string
  /** Of requests, complete or not. */
  readonly bodyBytes: number
}

/**
 * An endpoint that counts bytes and keeps none: `GET /1000` is answered with 1,000 of them as fast as they are taken,
 * `GET /chunks` with a MiB of tiny chunks, `POST` with none once its body has come. One request at a time per connection.
 */
export async function startBulkOrigin(t: TestContext): Promise<BulkOrigin> {
  const origin = { url: '', bodyBytes: 0 }
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    /** Of the body that is coming. */
    let owedBytes = 0
    socket.on('data', (bytes) => {
      let bodyAt = 0
      if (owedBytes === 0) {
        const head = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n') + 4)
        if (head.startsWith('GET /chunks')) return void socket.write(chunkedAnswer, 'latin1')
        if (head.startsWith('GET')) return answer(socket, Number(/^GET \/(\d+) /.exec(head)?.[1]))
        bodyAt = head.length
        owedBytes = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1])
      }
      const bodyBytes = bytes.length - bodyAt
      origin.bodyBytes += bodyBytes
      owedBytes -= bodyBytes
      if (owedBytes === 0) answer(socket, 0)
    })
  })
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin.url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  return origin
}

/** With the framing, 1.5 MiB. */
const chunkedAnswer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'a\r\n0123456789\r\n'.repeat(2 ** 20 / 10)}0\r\n\r\n`

function answer(socket: net.Socket, bodyBytes: number): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\n\r\n`, 'latin1')
  writeMuch(socket, bodyBytes)
}
