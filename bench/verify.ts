import assert from 'node:assert/strict'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { tenantHost } from './competitor.ts'
import type { Competitor, RunningCompetitor } from './competitor.ts'
import { originBody } from './origin.ts'
import { wrongKey } from './trials.ts'

/** Throws unless a competitor does what it is timed for: relays soundly, knows its tenant, refuses strangers. */
export async function verify(competitor: Competitor, running: RunningCompetitor): Promise<void> {
  const { hasKeys } = competitor
  const answer = await ask(running.port, '/seen', running.key)
  assert.equal(answer.status, 200, `${competitor.name} answers ${answer.status}: ${answer.body}`)
  assert.equal(answer.body, originBody)
  assert.equal(answer.headers['content-type'], 'application/json')
  if (!hasKeys) return

  assert.equal(answer.headers['x-seen-tenant'], 'acme', `${competitor.name} does not tell the origin the tenant`)
  assert.equal(answer.headers['x-seen-forwarded-for'], '127.0.0.1')
  assert.equal(answer.headers['x-seen-authorization'], undefined, `${competitor.name} passes the key on`)
  for (const key of ['', wrongKey]) {
    const refusal = await ask(running.port, '/seen', key)
    assert.equal(refusal.status, 401, `${competitor.name} answers ${refusal.status} to a bad key`)
    assert.equal(refusal.headers['x-seen-tenant'], undefined, `${competitor.name} lets a bad key through to the origin`)
  }
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function ask(port: number, path: string, key: string): Promise<Answer> {
  const headers = { host: tenantHost, ...(key === '' ? {} : { authorization: `Bearer ${key}` }) }
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers, agent: false }, resolve).once('error', reject)
  })
  return { status: message.statusCode, headers: message.headers, body: await text(message) }
}
