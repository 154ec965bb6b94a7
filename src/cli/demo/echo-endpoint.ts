import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface EchoEndpoint {
  readonly url: string
  close(): Promise<void>
}

/** An endpoint on a free loopback port that answers every request with what it received, as JSON. For the demo. */
export async function startEchoEndpoint(name: string): Promise<EchoEndpoint> {
  const server = createServer((request, response) => answer(name, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // A server on a TCP port has an address object.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
  let bodyBytes = 0
  request.on('data', (chunk: Buffer) => {
    bodyBytes += chunk.length
  })
  request.on('end', () => {
    const { method, url, headers } = request
    const echo = { endpoint: name, method, path: url, tenant: headers['x-mtlb-tenant'], headers, body_bytes: bodyBytes }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(echo, undefined, 2)}\n`)
  })
}
