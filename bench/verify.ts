import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { ask } from './ask.ts'
import type { Competitor, RunningCompetitor } from './competitor.ts'
import { largeBody, originBody } from './origin.ts'
import { acme, tight, wrongKey } from './tenants.ts'

/** Throws unless a competitor does what it is timed for: relays soundly, knows its tenants, refuses whom it should. */
export async function verify({ hasKeys }: Competitor, { port }: RunningCompetitor): Promise<void> {
  await verifyAnswers(port)
  await verifyUploads(port)
  if (!hasKeys) return
  await verifyTenant(port)
  await verifyRefusals(port)
}

async function verifyAnswers(port: number): Promise<void> {
  const answer = await ask(port, { path: '/seen', tenant: acme })
  assert.equal(answer.status, 200, `answers ${answer.status}: ${answer.body.toString()}`)
  assert.equal(answer.body.toString(), originBody, 'changes an answer')
  assert.equal(answer.headers['content-type'], 'application/json', 'changes the type of an answer')
  const large = await ask(port, { path: '/large', tenant: acme })
  assert.ok(large.body.equals(largeBody), `makes ${large.body.length} other bytes of an answer of 1 MiB`)
}

/** The origin keeps the body in a file, which must be the one that was sent. */
async function verifyUploads(port: number): Promise<void> {
  const parts = Array.from({ length: 8 }, (_, part) => largeBody.subarray(part * 8_192, (part + 1) * 8_192))
  const whole = Buffer.concat(parts)
  const length = { 'content-length': String(whole.length) }
  for (const sent of [{ headers: length, body: whole }, { body: parts }]) {
    const answer = await ask(port, { path: '/kept', method: 'POST', tenant: acme, ...sent })
    assert.equal(answer.status, 200, `answers ${answer.status} to an upload`)
    const kept = readFileSync(String(answer.headers['x-kept-body']))
    assert.ok(kept.equals(whole), `makes ${kept.length} other bytes of an upload of ${whole.length}`)
  }
}

async function verifyTenant(port: number): Promise<void> {
  const { headers } = await ask(port, { path: '/seen', tenant: acme })
  assert.equal(headers['x-seen-tenant'], acme.name, 'does not tell the origin the tenant')
  assert.equal(headers['x-seen-forwarded-for'], '127.0.0.1', 'does not tell the origin the client')
  assert.equal(headers['x-seen-authorization'], undefined, 'passes the key on')
}

async function verifyRefusals(port: number): Promise<void> {
  // The first request of this tenant may have been spent on seeing whether it is served.
  await ask(port, { path: '/seen', tenant: tight })
  const refusals = [
    { why: 'no key', question: { tenant: acme, key: '' }, status: 401 },
    { why: 'a bad key', question: { tenant: acme, key: wrongKey }, status: 401 },
    { why: "another tenant's key", question: { tenant: acme, key: tight.keys[0] }, status: 401 },
    { why: 'a limit used up', question: { tenant: tight }, status: 429 },
  ]
  for (const { why, question, status } of refusals) {
    const answer = await ask(port, { path: '/seen', ...question })
    assert.equal(answer.status, status, `answers ${answer.status} to ${why}`)
    assert.equal(answer.headers['x-seen-tenant'], undefined, `lets ${why} through to the origin`)
  }
}
