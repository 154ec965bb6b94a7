import http from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What an origin saw of one request. */
export interface OriginRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values by turns, as they arrived. */
  readonly rawHeaders: readonly string[]
  /** Complete when the default handler has answered. */
  body: string
}

export interface Origin {
  readonly url: string
  readonly port: number
  /** In the order of arrival. */
  readonly requests: readonly OriginRequest[]
  /** Connections accepted so far. */
  readonly connectionCount: number
  /** Open connections. */
  readonly openCount: number
  /** Stops listening and cuts all connections. */
  close(): void
}

/** A well-behaved endpoint on 127.0.0.1. By default it answers with what it got, as JSON: `OriginRequest`. */
export async function startOrigin(t: TestContext, handler?: RequestListener): Promise<Origin> {
  const requests: OriginRequest[] = []
  let connectionCount = 0
  let openCount = 0
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    const request = recordOf(incoming)
    requests.push(request)
    if (handler === undefined) echo(request, incoming, response)
    else handler(incoming, response)
  })
  server.on('connection', (socket) => {
    connectionCount += 1
    openCount += 1
    socket.on('close', () => {
      openCount -= 1
    })
  })
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  t.after(close)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    close,
    get connectionCount() {
      return connectionCount
    },
    get openCount() {
      return openCount
    },
  }
}

function recordOf({ method = '', url = '', headers, rawHeaders }: IncomingMessage): OriginRequest {
  return { method, path: url, headers, rawHeaders, body: '' }
}

function echo(request: OriginRequest, incoming: IncomingMessage, response: http.ServerResponse): void {
  incoming.setEncoding('latin1')
  incoming.on('data', (part: string) => {
    request.body += part
  })
  incoming.on('end', () => {
    const body = Buffer.from(JSON.stringify(request))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
}
