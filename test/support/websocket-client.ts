import type { TestContext } from 'node:test'

/** A WebSocket as a browser has it, Node's own; messages are strings, or buffers for binary ones. */
export class WebSocketClient {
  readonly #socket: WebSocket
  readonly #messages: (string | Buffer)[] = []
  readonly #waiting: ((message: string | Buffer) => void)[] = []
  readonly closed: Promise<{ readonly code: number; readonly wasClean: boolean }>

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', (event) => {
      const data = event.data as string | ArrayBuffer
      const message = typeof data === 'string' ? data : Buffer.from(data)
      const waiting = this.#waiting.shift()
      if (waiting === undefined) this.#messages.push(message)
      else waiting(message)
    })
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, wasClean }) => resolve({ code, wasClean }))
    })
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  send(message: string | Buffer): void {
    this.#socket.send(typeof message === 'string' ? message : new Uint8Array(message))
  }

  next(): Promise<string | Buffer> {
    const message = this.#messages.shift()
    if (message !== undefined) return Promise.resolve(message)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  close(code: number): void {
    this.#socket.close(code)
  }
}

/** Resolves once it is open; rejects when it never gets there. It is closed with the test. */
export function openWebSocket(t: TestContext, url: string, protocols: string[] = []): Promise<WebSocketClient> {
  const socket = new WebSocket(url, protocols)
  t.after(() => socket.close())
  const client = new WebSocketClient(socket)
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(client))
    socket.addEventListener('error', () => reject(new Error(`no WebSocket to ${url}`)))
  })
}
