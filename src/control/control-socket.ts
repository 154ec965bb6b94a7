import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Log } from '../kit/log.ts'
import type { Explanation, ExplainRequest } from './explain.ts'
import type { EventQuery, NamedEvent } from './event-log.ts'
import type { LimitStatus } from './limit-status.ts'
import type { CheckReport, PoolName, PoolStatus } from './pool-status.ts'
import { socketPath } from './socket-path.ts'
import type { StatusReport } from './status.ts'
import type { WaitOutcome, WaitRequest } from './wait.ts'

export interface ControlHandlers {
  status(): StatusReport
  wait(request: WaitRequest): Promise<WaitOutcome>
  reload(): void
  events(query: EventQuery): readonly NamedEvent[]
  limits(tenant: string): readonly LimitStatus[] | undefined
  pool(name: PoolName): PoolStatus | undefined
  /** Undefined when one of them is still there. */
  forget(tenantIds: readonly number[]): Promise<void> | undefined
  explain(request: ExplainRequest): Explanation
  check(endpoint: PoolName & { readonly url: string }): Promise<readonly CheckReport[] | undefined>
}

const longestBodyBytes = 64 * 1_024
const longestWaitMs = 600_000

/**
 * Answers commands over HTTP on DATA/mtlb.sock, for the owner and the group of the folder's user. Only the holder of the
 * instance lock may call it: a socket that is there already was left behind by a server that died.
 */
export async function openControlSocket(folder: string, handlers: ControlHandlers, log: Log): Promise<Server> {
  const path = socketPath(folder)
  rmSync(path, { force: true })
  const server = createServer((request, response) => {
    answer(request, handlers).then(
      ([status, body]) => send(response, status, body),
      (error: unknown) => {
        log.error({ code: 'control_failed', error: String(error) }, `control request ${request.url} failed`)
        send(response, 500, { error: 'internal' })
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path }, resolve)
    // Until here the mode is what the umask leaves, which never lets others write.
    chmodIfThere(path)
  })
  server.on('error', (error) => log.error({ code: 'control_failed', error: error.message }, 'control socket failed'))
  return server
}

export function closeControlSocket(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

type Answer = readonly [status: number, body: unknown]

async function answer(request: IncomingMessage, handlers: ControlHandlers): Promise<Answer> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /status':
      return [200, handlers.status()]
    case 'POST /wait': {
      const wanted = parseWaitRequest(await readBody(request))
      if (wanted === undefined) return [400, { error: 'revision, and optionally tenant and timeoutMs, are wanted' }]
      return [200, await handlers.wait(wanted)]
    }
    case 'POST /reload':
      handlers.reload()
      return [200, handlers.status()]
    case 'POST /events': {
      const query = parseObject(await readBody(request))
      if (!isEventQuery(query)) return [400, { error: 'afterId, and optionally tenant, are wanted' }]
      return [200, handlers.events(query)]
    }
    case 'POST /pool': {
      const name = parseObject(await readBody(request))
      if (!isPoolName(name)) return [400, { error: 'tenant and pool are wanted' }]
      return [200, handlers.pool(name) ?? null]
    }
    case 'POST /forget': {
      const tenantIds = parseObject(await readBody(request))?.tenantIds
      if (!isIdList(tenantIds)) return [400, { error: 'tenantIds are wanted' }]
      const forgotten = handlers.forget(tenantIds)
      if (forgotten === undefined) return [409, { error: 'one of them is still there' }]
      await forgotten
      return [200, null]
    }
    case 'POST /explain': {
      const wanted = parseObject(await readBody(request))
      if (!isExplainRequest(wanted)) return [400, { error: 'method, host, path, fields and peer are wanted' }]
      return [200, handlers.explain(wanted)]
    }
    case 'POST /limits': {
      const wanted = parseObject(await readBody(request))
      if (typeof wanted?.tenant !== 'string') return [400, { error: 'tenant is wanted' }]
      return [200, handlers.limits(wanted.tenant) ?? null]
    }
    case 'POST /check': {
      const name = parseObject(await readBody(request))
      if (!isPoolName(name) || typeof name.url !== 'string') return [400, { error: 'tenant, pool and url are wanted' }]
      return [200, (await handlers.check({ tenant: name.tenant, pool: name.pool, url: name.url })) ?? null]
    }
    default:
      return [
        404,
        {
          error: 'there is GET /status, and POST /wait, /reload, /events, /pool, /explain, /forget, /limits and /check',
        },
      ]
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
}

/** Undefined when there is too much of it. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > longestBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseWaitRequest(text: string | undefined): WaitRequest | undefined {
  const given = parseObject(text)
  if (given === undefined || !Number.isSafeInteger(given.revision)) return undefined
  const { revision, tenant, timeoutMs = 5_000 } = given
  if (tenant !== undefined && typeof tenant !== 'string') return undefined
  if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs)) return undefined
  return { revision: Number(revision), tenant, timeoutMs: Math.min(Math.max(timeoutMs, 0), longestWaitMs) }
}

type Given = Record<string, unknown>

function isEventQuery(given: Given | undefined): given is Given & EventQuery {
  return Number.isSafeInteger(given?.afterId) && (given?.tenant === undefined || typeof given.tenant === 'string')
}

function isExplainRequest(given: Given | undefined): given is Given & ExplainRequest {
  const texts = [given?.method, given?.host, given?.path, given?.peer]
  const hasKey = given?.key === undefined || typeof given.key === 'string'
  return hasKey && texts.every((text) => typeof text === 'string') && isTextList(given?.fields)
}

function isTextList(given: unknown): given is string[] {
  return Array.isArray(given) && given.every((text) => typeof text === 'string')
}

function isIdList(given: unknown): given is number[] {
  return Array.isArray(given) && given.every((id) => Number.isSafeInteger(id))
}

function isPoolName(given: Given | undefined): given is Given & PoolName {
  return typeof given?.tenant === 'string' && typeof given.pool === 'string'
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function chmodIfThere(path: string): void {
  try {
    chmodSync(path, 0o660)
  } catch (error) {
    // Listening failed: the server's own error says why.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
