import { UserError } from '../kit/user-error.ts'
import type { EventQuery, NamedEvent } from './event-log.ts'
import type { Explanation, ExplainRequest } from './explain.ts'
import type { LimitStatus } from './limit-status.ts'
import type { CheckReport, PoolStatus, PoolName } from './pool-status.ts'
import { findSocketPath } from './socket-path.ts'
import type { StatusReport } from './status.ts'
import type { WaitOutcome, WaitRequest } from './wait.ts'

/** How much longer than the wait itself the answer may take. */
const graceMs = 2_000
const statusTimeoutMs = 5_000
/** A check takes as long as its pool says. */
const longestCheckMs = 604_800_000

/** Asks the folder's server to enforce a revision. Throws UserError when there is one that cannot be asked. */
export async function waitForRevision(
  request: WaitRequest & { readonly folder: string },
): Promise<WaitOutcome | { readonly outcome: 'no_server' }> {
  const { folder, revision, tenant, timeoutMs } = request
  const body = { revision, tenant, timeoutMs }
  const answer = await ask<WaitOutcome>(folder, { method: 'POST', url: '/wait', body, timeoutMs: timeoutMs + graceMs })
  if (answer === noServer) return { outcome: 'no_server' }
  return answer === noAnswer ? { outcome: 'timeout' } : answer
}

/** Undefined when no server runs on that folder. */
export async function readStatus(folder: string): Promise<StatusReport | undefined> {
  return askForStatus(folder, 'GET', '/status')
}

/** Has the server read everything again. Undefined when there is none. */
export async function reloadServer(folder: string): Promise<StatusReport | undefined> {
  return askForStatus(folder, 'POST', '/reload')
}

/** Events after that one, the oldest first. Throws UserError `unreachable` when no server runs on that folder. */
export async function readEvents(folder: string, query: EventQuery): Promise<readonly NamedEvent[]> {
  return getAnswer(folder, await askWith<readonly NamedEvent[]>(folder, '/events', query))
}

/** How a pool's endpoints stand; null for a pool that is not in force. Throws as `readEvents`. */
export async function readPool(folder: string, name: PoolName): Promise<PoolStatus | null> {
  return getAnswer(folder, await askWith<PoolStatus | null>(folder, '/pool', name))
}

/** What is left of a tenant's limits; undefined when no server runs on that folder, or the tenant is not in force. */
export async function readLimits(folder: string, tenant: string): Promise<readonly LimitStatus[] | undefined> {
  const answer = await askWith<readonly LimitStatus[] | null>(folder, '/limits', { tenant })
  return answer === noServer || answer === noAnswer || answer === null ? undefined : answer
}

/** Has the server check an endpoint now, every address of it; null for one that is not in force. Throws as `readEvents`. */
export async function checkEndpoint(
  folder: string,
  endpoint: PoolName & { readonly url: string },
): Promise<readonly CheckReport[] | null> {
  return getAnswer(folder, await askWith<readonly CheckReport[] | null>(folder, '/check', endpoint, longestCheckMs))
}

/** What would come of a request now; undefined when no server runs on that folder. Throws as `readEvents`. */
export async function explainRequest(folder: string, request: ExplainRequest): Promise<Explanation | undefined> {
  const answer = await askWith<Explanation>(folder, '/explain', request)
  return answer === noServer ? undefined : getAnswer(folder, answer)
}

/** Has a server that runs on that folder record nothing more of tenants that are gone. Throws UserError when it cannot. */
export async function forgetTenants(folder: string, tenantIds: readonly number[]): Promise<void> {
  const answer = await askWith<object | null>(folder, '/forget', { tenantIds })
  if (answer === noServer || getAnswer(folder, answer) === null) return
  throw new UserError('conflict', 'the server still has the tenant', "See 'mtlb status', and run the command again.")
}

export function createNoServer(folder: string): UserError {
  return new UserError('unreachable', `no server is running on '${folder}'`, "Start one: 'mtlb serve'.")
}

/** Of what the configuration has and the server does not serve. */
export function createNotInForce(what: string): UserError {
  const hint = "It has changed a moment ago, or its tenant is quarantined: see 'mtlb status'."
  return new UserError('unreachable', `${what} is not in force`, hint)
}

async function askForStatus(folder: string, method: string, url: string): Promise<StatusReport | undefined> {
  const answer = await ask<StatusReport>(folder, { method, url, body: undefined, timeoutMs: statusTimeoutMs })
  return answer === noServer ? undefined : getAnswer(folder, answer)
}

function askWith<T>(
  folder: string,
  url: string,
  body: unknown,
  timeoutMs = statusTimeoutMs,
): ReturnType<typeof ask<T>> {
  return ask<T>(folder, { method: 'POST', url, body, timeoutMs })
}

function getAnswer<T>(folder: string, answer: T | typeof noServer | typeof noAnswer): T {
  if (answer === noServer) throw createNoServer(folder)
  if (answer !== noAnswer) return answer
  throw new UserError('unreachable', `the server on '${folder}' does not answer`, "See its log, and 'mtlb version'.")
}

const noServer = Symbol('no server')
const noAnswer = Symbol('no answer')

interface Question {
  readonly method: string
  readonly url: string
  readonly body: unknown
  readonly timeoutMs: number
}

async function ask<T>(
  folder: string,
  { method, url, body, timeoutMs }: Question,
): Promise<T | typeof noServer | typeof noAnswer> {
  const path = findSocketPath(folder)
  // No server starts on a folder whose path is too long.
  if (path === undefined) return noServer
  // Loaded here, so that commands that ask nobody do not pay for it.
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: path, method, path: url, agent: false, timeout: timeoutMs })
    asked.on('timeout', () => {
      resolve(noAnswer)
      asked.destroy()
    })
    asked.on('error', (error: NodeJS.ErrnoException) => {
      const answer = explain(error)
      if (answer === undefined) reject(createRefusal(folder, error))
      else resolve(answer)
    })
    asked.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))))
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** A socket that nobody listens on was left behind; one that hangs up belongs to a server that is ending. */
function explain({ code }: NodeJS.ErrnoException): typeof noServer | undefined {
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' ? noServer : undefined
}

function createRefusal(folder: string, { code, message }: NodeJS.ErrnoException): UserError {
  if (code !== 'EACCES') return new UserError('unreachable', `cannot ask the server on '${folder}': ${message}`)
  return new UserError(
    'not_allowed',
    `not allowed to talk to the server on '${folder}'`,
    'Run the command as the user who runs the server, or in its group.',
  )
}
