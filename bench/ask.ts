import { request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Tenant } from './tenants.ts'

export interface Question {
  readonly path?: string
  /** Whose host name is asked for; without a tenant, nobody's. */
  readonly tenant?: Tenant | undefined
  /** The tenant's first key unless given. */
  readonly key?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Parts are sent as chunks of their own. */
  readonly body?: Buffer | readonly Buffer[]
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One request on a connection of its own. */
export async function ask(port: number, question: Question): Promise<Answer> {
  const { path = '/', tenant, key = tenant?.keys[0] ?? '', method = 'GET', body } = question
  const headers = {
    ...(tenant === undefined ? {} : { host: tenant.host }),
    ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    ...question.headers,
  }
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, resolve)
    asked.once('error', reject)
    if (Array.isArray(body)) for (const part of body) asked.write(part)
    asked.end(Buffer.isBuffer(body) ? body : undefined)
  })
  return { status: message.statusCode ?? 0, headers: message.headers, body: await buffer(message) }
}
