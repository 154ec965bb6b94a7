import assert from 'node:assert/strict'
import test from 'node:test'
import { findRoute, isPathWithin, stripPrefix } from '../../src/proxy/find-route.ts'
import type { RouteRuntime } from '../../src/proxy/tenant-runtime.ts'
import { createCandidates } from '../support/create-candidates.ts'
import { RetryBudget } from '../../src/proxy/retry-budget.ts'
import { poolThatIsGone } from '../../src/snapshot/pool-that-is-gone.ts'
import { RequestHead } from '../../src/wire/http1/request-head.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { createUsable } from '../support/create-usable.ts'

test('a prefix covers whole segments only', () => {
  const cases: [path: string, prefix: string, expected: boolean][] = [
    ['/api', '/api', true],
    ['/api/', '/api', true],
    ['/api/users', '/api', true],
    ['/apis', '/api', false],
    ['/ap', '/api', false],
    ['/api/users', '/api/', true],
    ['/api', '/api/', false],
    ['/', '/', true],
    ['/anything', '/', true],
    ['*', '/', false],
    ['/API', '/api', false],
  ]
  for (const [path, prefix, expected] of cases)
    assert.equal(isPathWithin(path, prefix), expected, `${path} in ${prefix}`)
})

test('what is left after a prefix starts with a slash', () => {
  const cases: [path: string, prefix: string, expected: string][] = [
    ['/api', '/api', '/'],
    ['/api/', '/api', '/'],
    ['/api/users/1', '/api', '/users/1'],
    ['/api/users', '/api/', '/users'],
    ['/users', '/', '/users'],
  ]
  for (const [path, prefix, expected] of cases)
    assert.equal(stripPrefix(path, prefix), expected, `${path} without ${prefix}`)
})

test('the longest path that takes the method wins, and Allow names the methods otherwise', () => {
  const routes = [route('/api/admin', ['GET']), route('/api', ['GET', 'POST']), route('/files', ['GET'])]
  assert.equal(findRoute(routes, '/api/admin/x', headOf('GET')), routes[0])
  assert.equal(findRoute(routes, '/api/admin/x', headOf('POST')), routes[1])
  assert.equal(findRoute(routes, '/files/a', headOf('PUT')), 'GET')
  assert.equal(findRoute(routes, '/api/admin', headOf('PUT')), 'GET, GET, POST')
  assert.equal(findRoute(routes, '/other', headOf('GET')), undefined)
})

function headOf(method: string): RequestHead {
  return Object.assign(new RequestHead(), { method })
}

function route(path: string, methods: readonly string[]): RouteRuntime {
  return {
    id: 1,
    name: 'route',
    slot: 1,
    statsAt: 0,
    path,
    methods,
    pool: {
      id: 1,
      slot: 2,
      endpoints: [],
      candidates: createCandidates([]).candidates,
      balancer: { pick: () => -1 },
      usable: createUsable({ slots: [] }).usable,
      mayTake: () => true,
      hasRoom: () => true,
      isBounded: false,
      maxInFlight: 0,
      isAdaptive: false,
      flow: undefined,
      snapshot: poolThatIsGone('web'),
      queue: 0,
      queueTimeoutMs: 0,
      slowStart: undefined,
      isTimed: false,
      judged: undefined,
      ejectAfter: 0,
      retryBudget: new RetryBudget(
        { slab: createSlab({ threads: 1, ringBytes: 65_536 }), thread: 0 },
        { slot: 2, percent: 20 },
      ),
      stickyAgeMs: 0,
    },
    isJudged: false,
    stripPrefix: false,
    isRaw: false,
    websocket: true,
    timeoutMs: 1_000,
    idleTimeoutMs: 1_000,
    requestTimeoutMs: 0,
    retry: {
      attempts: 1,
      onConnect: false,
      onReset: false,
      onTimeout: false,
      onProtocol: false,
      onStatuses: [],
      retryNonIdempotent: false,
      backoffMs: 25,
    },
    lateAfter: undefined,
    limitsOfKeys: new Map(),
    limits: {
      limits: [],
      shaped: [],
      connectionShaper: undefined,
      bodied: [],
      isShaped: false,
      policyField: '',
      slots: [],
      lock: 0,
    },
    matches: undefined,
    split: undefined,
    mirror: undefined,
    phases: [],
    phaseNames: [],
  }
}
