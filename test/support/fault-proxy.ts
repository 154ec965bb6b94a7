import net from 'node:net'

/** What is wrong with an endpoint. */
export type EndpointFault =
  | { readonly kind: 'none' }
  /** Nobody listens. */
  | { readonly kind: 'refuse' }
  /** Each request resets its connection. */
  | { readonly kind: 'reset' }
  /** Of each response so many bytes come, and then nothing. */
  | { readonly kind: 'stall'; readonly atByte: number }
  /** Each part of a response comes so much later. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Requests are answered with what is no HTTP. */
  | { readonly kind: 'garbage' }
  /** Connections stand, and nobody is there any more: nothing is read, nothing comes, nothing is closed. */
  | { readonly kind: 'half-open' }
  /** So many requests of a hundred are answered with 500. */
  | { readonly kind: 'errors'; readonly percent: number }

export interface FaultProxy {
  readonly port: number
  readonly url: string
  /** Requests that have come while something was wrong, those of health checks included. */
  readonly troubled: number
  set(fault: EndpointFault): Promise<void>
  close(): void
}

/** Stands before a sound endpoint on 127.0.0.1 and does to its connections what goes wrong in the field. One request at a time each. */
export async function startFaultProxy(originPort: number): Promise<FaultProxy> {
  const state: FaultState = { fault: { kind: 'none' }, originPort, troubled: 0, sockets: new Set() }
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => serve(client, state))
  await listen(server, 0)
  const { port } = server.address() as net.AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get troubled() {
      return state.troubled
    },
    set: async (fault) => {
      const before = state.fault
      state.fault = fault
      if (before.kind === 'refuse' && fault.kind !== 'refuse') await listen(server, port)
      if (before.kind === 'half-open') for (const socket of state.sockets) socket.destroy()
      if (fault.kind === 'refuse') close(server, state)
      if (fault.kind === 'half-open') for (const socket of state.sockets) socket.pause()
    },
    close: () => close(server, state),
  }
}

interface FaultState {
  fault: EndpointFault
  readonly originPort: number
  troubled: number
  readonly sockets: Set<net.Socket>
}

function close(server: net.Server, { sockets }: FaultState): void {
  if (server.listening) server.close()
  for (const socket of sockets) socket.resetAndDestroy()
}

function listen(server: net.Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
}

function serve(client: net.Socket, state: FaultState): void {
  const origin = net.connect({ host: '127.0.0.1', port: state.originPort, noDelay: true })
  for (const socket of [client, origin]) {
    state.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      state.sockets.delete(socket)
      client.destroy()
      origin.destroy()
    })
  }
  if (state.fault.kind === 'half-open') client.pause()
  let sentBytes = 0
  client.on('end', () => origin.end())
  client.on('data', (request) => {
    sentBytes = 0
    if (state.fault.kind !== 'none') state.troubled += 1
    if (!answerInstead(client, state)) origin.write(request)
  })
  origin.on('data', (answer: Buffer) => {
    const { fault } = state
    if (fault.kind === 'half-open') return
    if (fault.kind === 'slow') return void setTimeout(() => client.writable && client.write(answer), fault.delayMs)
    const part = fault.kind === 'stall' ? answer.subarray(0, Math.max(0, fault.atByte - sentBytes)) : answer
    sentBytes += answer.length
    if (part.length > 0 && client.writable) client.write(part)
  })
}

/** Whether the origin never sees this request. */
function answerInstead(client: net.Socket, { fault, troubled }: FaultState): boolean {
  if (fault.kind === 'reset') client.resetAndDestroy()
  else if (fault.kind === 'garbage') client.write('\u0000\u0001 this is no HTTP \r\n\r\n\r\n')
  else if (fault.kind === 'errors' && (troubled * fault.percent) % 100 < fault.percent) client.write(error)
  else return fault.kind === 'half-open'
  return true
}

const error = 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 5\r\n\r\nsorry'
