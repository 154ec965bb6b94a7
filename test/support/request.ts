import http from 'node:http'

export interface TestRequest {
  readonly method?: string
  /** Default `/`. */
  readonly path?: string
  readonly host?: string
  /** A list repeats the field. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

export interface TestAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly trailers: NodeJS.Dict<string>
  /** One latin1 character per byte. */
  readonly body: string
  /** Statuses of the 1xx answers before. */
  readonly interim: readonly number[]
}

/** One request to 127.0.0.1 through Node's own client; rejects when the answer breaks off. */
export function request(
  port: number,
  wanted: TestRequest = {},
  agent: http.Agent | false = false,
): Promise<TestAnswer> {
  const { method = 'GET', path = '/', host = 'acme.test', headers = {}, body } = wanted
  return new Promise((resolve, reject) => {
    const interim: number[] = []
    const outgoing = http.request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent,
      headers: { host, ...lengthOf(body, headers), ...copy(headers) },
    })
    outgoing.on('information', ({ statusCode }) => interim.push(statusCode))
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      let text = ''
      incoming.setEncoding('latin1')
      incoming.on('data', (part: string) => {
        text += part
      })
      incoming.on('error', reject)
      incoming.on('end', () => {
        const { statusCode: status = 0, headers: fields, trailers } = incoming
        resolve({ status, headers: fields, trailers, body: text, interim })
      })
    })
    outgoing.end(body, 'latin1')
  })
}

function copy(headers: NonNullable<TestRequest['headers']>): http.OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )
}

function lengthOf(body: string | undefined, headers: object): http.OutgoingHttpHeaders {
  return body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': body.length }
}
