import type { Tenant } from './tenants.ts'

export interface WrkRequest {
  readonly tenant: Tenant
  /** The tenant's first key unless given. */
  readonly key?: string
  readonly path?: string
  /** A POST; parts are sent as chunks, a whole body with its length. */
  readonly body?: string | readonly string[]
  /** Asks for the end of the connection. */
  readonly isLast?: boolean
}

/** The request byte by byte, as wrk sends it. */
export function renderRequest({ tenant, key = tenant.keys[0], path = '/hello', body, isLast }: WrkRequest): string {
  const head = [
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    `Host: ${tenant.host}`,
    `Authorization: Bearer ${key}`,
    ...(isLast === true ? ['Connection: close'] : []),
  ]
  if (body === undefined) return `${head.join('\r\n')}\r\n\r\n`
  if (typeof body === 'string') return `${[...head, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`
  const chunks = [...body, ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
  return `${[...head, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n${chunks.join('')}`
}
