import net from 'node:net'
import type { TestContext } from 'node:test'

export interface FloodOptions {
  readonly port: number
  readonly connections: number
  readonly host?: string
  readonly path?: string
  /** Requests that each connection keeps under way. */
  readonly pipelined?: number
}

/** What came back so far. */
export interface Flood {
  readonly statuses: ReadonlyMap<number, number>
  readonly answers: number
  /** Connections that ended unasked, with requests under way or without. */
  readonly broken: number
  /** By `performance.now()`: when the first answer came, and when the last request was sent that earned this status. */
  readonly firstAnswerMs: number
  lastSentMs(status: number): number
  /** Sends no more; resolves when everything that was sent is answered. */
  stop(): Promise<void>
}

/** Keep-alive connections that ask for the same thing as fast as they are answered, without parsing more than they must. */
export async function startFlood(t: TestContext, options: FloodOptions): Promise<Flood> {
  const state: FloodState = {
    statuses: new Map(),
    lastSentMs: new Map(),
    firstAnswerMs: 0,
    answers: 0,
    broken: 0,
    isStopping: false,
  }
  const clients = Array.from({ length: options.connections }, () => open(t, options, state))
  await Promise.all(clients.map(({ connected }) => connected))
  return {
    statuses: state.statuses,
    get answers() {
      return state.answers
    },
    get broken() {
      return state.broken
    },
    get firstAnswerMs() {
      return state.firstAnswerMs
    },
    lastSentMs: (status) => state.lastSentMs.get(status) ?? 0,
    stop: async () => {
      state.isStopping = true
      await Promise.all(clients.map(({ ended }) => ended))
    },
  }
}

interface FloodState {
  readonly statuses: Map<number, number>
  readonly lastSentMs: Map<number, number>
  firstAnswerMs: number
  answers: number
  broken: number
  isStopping: boolean
}

function open(t: TestContext, options: FloodOptions, state: FloodState) {
  const { port, host = 'acme.test', path = '/', pipelined = 1 } = options
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true })
  t.after(() => socket.destroy())
  const connected = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const bytes = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  /** When each request under way was sent, oldest first. */
  const sentMs: number[] = []
  let carry = ''
  const send = () => {
    while (sentMs.length < pipelined && !state.isStopping) {
      sentMs.push(performance.now())
      socket.write(bytes)
    }
    if (sentMs.length === 0) socket.end()
  }
  socket.on('data', (part) => {
    const { statuses, rest } = takeAnswers(carry + part.toString('latin1'))
    carry = rest
    if (state.answers === 0 && statuses.length > 0) state.firstAnswerMs = performance.now()
    for (const status of statuses) countAnswer(state, status, sentMs.shift() ?? 0)
    if (statuses.length > 0) send()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    if (!state.isStopping || sentMs.length > 0) state.broken += 1
    connected.resolve()
    ended.resolve()
  })
  socket.on('connect', () => {
    connected.resolve()
    send()
  })
  return { connected: connected.promise, ended: ended.promise }
}

function countAnswer(state: FloodState, status: number, sentMs: number): void {
  state.answers += 1
  state.statuses.set(status, (state.statuses.get(status) ?? 0) + 1)
  state.lastSentMs.set(status, Math.max(sentMs, state.lastSentMs.get(status) ?? 0))
}

/** Answers with a length, which is all that these tests get. */
function takeAnswers(text: string): { statuses: number[]; rest: string } {
  const statuses: number[] = []
  let at = 0
  for (;;) {
    const headEnd = text.indexOf('\r\n\r\n', at)
    if (headEnd === -1) break
    const head = text.slice(at, headEnd).toLowerCase()
    const lengthAt = head.indexOf('content-length: ')
    const length = lengthAt === -1 ? 0 : parseInt(head.slice(lengthAt + 16), 10)
    if (text.length < headEnd + 4 + length) break
    statuses.push(Number(head.slice(9, 12)))
    at = headEnd + 4 + length
  }
  return { statuses, rest: text.slice(at) }
}
