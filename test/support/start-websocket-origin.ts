import { createHash } from 'node:crypto'
import http from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface WebSocketOrigin {
  readonly url: string
  /** Of every handshake, in the order of arrival. */
  readonly handshakes: readonly IncomingMessage[]
  /** Open WebSockets. */
  readonly openCount: number
  /** Payloads of pongs that came. */
  readonly pongs: readonly string[]
  /** Sends a ping to every open WebSocket. */
  ping(payload: string): void
  /** Begins the closing handshake with every open WebSocket. */
  closeAll(): void
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** An endpoint that echoes WebSocket messages frame by frame (RFC 6455); it chooses the subprotocol offered first. */
export async function startWebSocketOrigin(t: TestContext): Promise<WebSocketOrigin> {
  const handshakes: IncomingMessage[] = []
  const sockets = new Set<Socket>()
  const pongs: string[] = []
  const server = http.createServer((_, response) => void response.writeHead(404).end())
  server.on('upgrade', (request: IncomingMessage, socket: Socket, rest: Buffer) => {
    handshakes.push(request)
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.write(renderAnswer(request))
    socket.unshift(rest)
    echoFrames(socket, pongs)
  })
  t.after(() => {
    server.close()
    server.closeAllConnections()
    for (const socket of sockets) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    handshakes,
    get openCount() {
      return sockets.size
    },
    pongs,
    ping: (payload) => {
      for (const socket of sockets) socket.write(renderFrame(opcodes.ping, Buffer.from(payload)))
    },
    closeAll: () => {
      for (const socket of sockets) socket.write(renderFrame(opcodes.close, Buffer.from([0x03, 0xe9])))
    },
  }
}

/** RFC 6455 section 4.2.2. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

function renderAnswer({ headers }: IncomingMessage): string {
  const offered = headers['sec-websocket-protocol']
  const chosen = offered === undefined ? '' : `Sec-WebSocket-Protocol: ${offered.split(',')[0].trim()}\r\n`
  const accept = acceptOf(headers['sec-websocket-key'] ?? '')
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\n${chosen}\r\n`
  )
}

function echoFrames(socket: Socket, pongs: string[]): void {
  let carry: Buffer = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    carry = carry.length === 0 ? bytes : Buffer.concat([carry, bytes])
    for (let frame = readFrame(carry); frame !== undefined; frame = readFrame(carry)) {
      carry = carry.subarray(frame.byteLength)
      answer(socket, frame, pongs)
    }
  })
}

interface Frame {
  /** With the FIN bit. */
  readonly first: number
  readonly payload: Buffer
  readonly byteLength: number
}

function answer(socket: Socket, { first, payload }: Frame, pongs: string[]): void {
  const opcode = first & 0x0f
  if (opcode === opcodes.pong) return void pongs.push(payload.toString())
  if (opcode === opcodes.ping) return void socket.write(renderFrame(opcodes.pong, payload))
  socket.write(renderFrame(opcode, payload, first & 0x80))
  // The server closes the connection first (RFC 6455 section 7.1.1).
  if (opcode === opcodes.close) socket.end()
}

/** RFC 6455 section 5.2; a client's frames are masked. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1] & 0x7f
  const maskAt = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < maskAt + 4) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const start = maskAt + 4
  if (bytes.length < start + length) return undefined
  const payload = Buffer.from(bytes.subarray(start, start + length))
  for (let i = 0; i < length; i += 1) payload[i] ^= bytes[maskAt + (i & 3)]
  return { first: bytes[0], payload, byteLength: start + length }
}

function renderFrame(opcode: number, payload: Buffer, fin = 0x80): Buffer {
  const { length } = payload
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(2 + extra)
  head[0] = fin | opcode
  head[1] = extra === 0 ? length : extra === 2 ? 126 : 127
  if (extra === 2) head.writeUInt16BE(length, 2)
  if (extra === 8) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}
