import assert from 'node:assert/strict'
import test from 'node:test'
import { judgeRetry } from '../../src/proxy/retry.ts'
import type { AttemptFacts, RetryVerdict } from '../../src/proxy/retry.ts'
import { connectFault, endpointFault } from '../../src/upstream/fault.ts'
import type { Fault } from '../../src/upstream/fault.ts'

const refused = connectFault('ECONNREFUSED')
const stale = endpointFault('endpoint_closed', 'ECONNRESET', true)
const broken = endpointFault('endpoint_closed', 'ECONNRESET', false)

const cases: [name: string, fault: Fault, facts: Partial<AttemptFacts>, verdict: RetryVerdict][] = [
  ['a connect failure goes to another endpoint', refused, {}, 'other_endpoint'],
  ['a connect failure does so with any method and body', refused, { method: 'POST', hasBody: true }, 'other_endpoint'],
  ['the third attempt is the last', refused, { attempts: 3 }, 'give_up'],
  ['a stale connection is replaced for an idempotent request', stale, {}, 'same_endpoint'],
  ['a stale connection is not replaced for a POST', stale, { method: 'POST' }, 'give_up'],
  ['a stale connection is not replaced when a body was sent', stale, { method: 'PUT', hasBody: true }, 'give_up'],
  ['a connection that broke under the request is not replaced', broken, {}, 'give_up'],
  ['nothing is retried once the client has seen an answer', stale, { isAnswerStarted: true }, 'give_up'],
  ['a timeout is not retried', endpointFault('endpoint_timeout', '', false), {}, 'give_up'],
]

for (const [name, fault, facts, verdict] of cases) {
  test(name, () => {
    const usual = { method: 'GET', hasBody: false, isAnswerStarted: false, attempts: 1 }
    assert.equal(judgeRetry(fault, { ...usual, ...facts }), verdict)
  })
}
