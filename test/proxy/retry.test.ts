import assert from 'node:assert/strict'
import test from 'node:test'
import { judgeRetry, mayRetryStatus } from '../../src/proxy/retry.ts'
import type { AttemptFacts, RetryPolicy, RetryVerdict } from '../../src/proxy/retry.ts'
import { connectFault, endpointFault } from '../../src/upstream/fault.ts'
import type { Fault } from '../../src/upstream/fault.ts'

const refused = connectFault('ECONNREFUSED')
const stale = endpointFault('endpoint_closed', 'ECONNRESET', true)
const broken = endpointFault('endpoint_closed', 'ECONNRESET', false)

const garbage = endpointFault('endpoint_protocol', '', false)
const timeout = endpointFault('endpoint_timeout', '', false)
const usual: RetryPolicy = {
  attempts: 3,
  onConnect: true,
  onReset: true,
  onTimeout: false,
  onProtocol: false,
  onStatuses: [],
  retryNonIdempotent: false,
  backoffMs: 25,
}

type Case = [
  name: string,
  fault: Fault,
  facts: Partial<AttemptFacts>,
  verdict: RetryVerdict,
  policy?: Partial<RetryPolicy>,
]

const cases: Case[] = [
  ['a connect failure goes to another endpoint', refused, {}, 'other_endpoint'],
  [
    'a connect failure does so with any method and body',
    refused,
    { method: 'POST', isReplayable: false },
    'other_endpoint',
  ],
  ['a connect failure stays where the route says so', refused, {}, 'give_up', { onConnect: false }],
  ['the third attempt is the last', refused, { attempts: 3 }, 'give_up'],
  ['a route may have one attempt', refused, {}, 'give_up', { attempts: 1 }],
  ['a stale connection is replaced for an idempotent request', stale, {}, 'same_endpoint'],
  ['a stale connection is replaced whatever the policy', stale, {}, 'same_endpoint', { attempts: 1, onReset: false }],
  ['a stale connection is not replaced for a POST', stale, { method: 'POST' }, 'give_up'],
  [
    'a stale connection is not replaced when a body was sent that is not kept',
    stale,
    { method: 'PUT', isReplayable: false },
    'give_up',
  ],
  ['a connection that broke under the request is left for another', broken, {}, 'other_endpoint'],
  ['a reset is the end of a POST', broken, { method: 'POST' }, 'give_up'],
  [
    'a reset is retried for a POST that may be',
    broken,
    { method: 'POST' },
    'other_endpoint',
    { retryNonIdempotent: true },
  ],
  [
    'a body that is not kept cannot be sent again',
    broken,
    { method: 'PUT', isReplayable: false },
    'give_up',
    { retryNonIdempotent: true },
  ],
  ['nothing is retried once the client has seen an answer', stale, { isAnswerStarted: true }, 'give_up'],
  ['an answer that is no HTTP is not retried', garbage, {}, 'give_up'],
  ['it is where the route says so', garbage, {}, 'other_endpoint', { onProtocol: true }],
  ['a timeout is not retried', timeout, {}, 'give_up'],
  ['a timeout is retried where the route says so', timeout, {}, 'other_endpoint', { onTimeout: true }],
]

const first = { method: 'GET', isReplayable: true, isAnswerStarted: false, attempts: 1 }

for (const [name, fault, facts, verdict, policy] of cases) {
  test(name, () => {
    assert.equal(judgeRetry(fault, { ...first, ...facts }, { ...usual, ...policy }), verdict)
  })
}

test('a status is left for another endpoint only where all allows it', () => {
  const policy = { ...usual, onStatuses: ['502-504'] }
  const may = (status: number, facts: Partial<AttemptFacts> = {}, changed: Partial<RetryPolicy> = {}) =>
    mayRetryStatus(status, { ...first, ...facts }, { ...policy, ...changed })
  assert.deepEqual(
    [502, 503, 504].map((status) => may(status)),
    [true, true, true],
  )
  assert.deepEqual(
    [200, 404, 500, 505].map((status) => may(status)),
    [false, false, false, false],
  )
  assert.equal(may(503, { method: 'POST' }), false)
  assert.equal(may(503, { method: 'POST' }, { retryNonIdempotent: true }), true)
  assert.equal(may(503, { isReplayable: false }), false)
  assert.equal(may(503, { attempts: 3 }), false)
  assert.equal(may(503, {}, { onStatuses: [] }), false)
})
