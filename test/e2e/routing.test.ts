import { test } from 'node:test'
import { runScenarios } from '../support/run-scenarios.ts'
import type { Scenario } from '../support/run-scenarios.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

/** The origin answers with the name of its pool in X-Pool. */
const scenarios: readonly Scenario[] = [
  {
    name: 'an exact host finds its tenant, in any case and with a port',
    request: { host: 'API.acme.test:8080', path: '/x?y=1' },
    expect: { status: 200, headers: { 'x-pool': 'web' }, sent: { path: '/x?y=1' } },
  },
  {
    name: 'a host that nobody owns has no route',
    request: { host: 'nobody.test' },
    expect: { status: 404, code: 'no_route' },
  },
  {
    name: 'a wildcard covers names below it',
    request: { host: 'a.b.wild.test' },
    expect: { status: 200, headers: { 'x-pool': 'wild' } },
  },
  {
    name: 'a wildcard does not cover the name itself',
    request: { host: 'wild.test' },
    expect: { status: 404, code: 'no_route' },
  },
  {
    name: 'the longest wildcard wins',
    request: { host: 'x.deep.wild.test' },
    expect: { status: 200, headers: { 'x-pool': 'deep' } },
  },
  {
    name: 'an exact host beats a wildcard',
    request: { host: 'exact.wild.test' },
    expect: { status: 200, headers: { 'x-pool': 'web' } },
  },
  {
    name: 'the longest path prefix wins',
    request: { host: 'api.acme.test', path: '/v1/users/7' },
    expect: { status: 200, headers: { 'x-pool': 'users' } },
  },
  {
    name: 'a prefix covers itself',
    request: { host: 'api.acme.test', path: '/v1/users' },
    expect: { status: 200, headers: { 'x-pool': 'users' } },
  },
  {
    name: 'a prefix covers whole segments only',
    request: { host: 'api.acme.test', path: '/v1/users2' },
    expect: { status: 200, headers: { 'x-pool': 'web' } },
  },
  {
    name: 'the query is no part of the path',
    request: { host: 'api.acme.test', path: '/?/v1/users' },
    expect: { status: 200, headers: { 'x-pool': 'web' } },
  },
  {
    name: 'a path cannot climb out of its prefix',
    request: { host: 'api.acme.test', path: '/v1/users/../../other' },
    expect: { status: 200, headers: { 'x-pool': 'web' }, sent: { path: '/other' } },
  },
  {
    name: 'a route for certain methods takes those',
    request: { host: 'api.acme.test', path: '/v1/users', method: 'DELETE' },
    expect: { status: 200, headers: { 'x-pool': 'deep' }, sent: { method: 'DELETE' } },
  },
  {
    name: 'a tenant without a route for the path has none',
    request: { host: 'narrow.test', path: '/elsewhere' },
    expect: { status: 404, code: 'no_route' },
  },
  {
    name: 'a path that only other methods may take says which',
    request: { host: 'narrow.test', path: '/only', method: 'PUT' },
    expect: { status: 405, code: 'method_not_allowed', headers: { allow: 'GET, POST' } },
  },
  {
    name: 'a stripped prefix is not sent, the query is',
    request: { host: 'narrow.test', path: '/strip/me/now?x=1' },
    expect: { status: 200, sent: { path: '/now?x=1' } },
  },
  {
    name: 'what is left of a stripped path is at least a slash',
    request: { host: 'narrow.test', path: '/strip/me?x=1' },
    expect: { status: 200, sent: { path: '/?x=1' } },
  },
  {
    name: 'a suspended tenant serves nobody',
    request: { host: 'suspended.test' },
    expect: { status: 403, code: 'tenant_suspended' },
  },
]

test('routing', async (t) => {
  const start = (pool: string) =>
    startOrigin(t, (incoming, response) => {
      incoming.resume()
      response.writeHead(200, { 'x-pool': pool }).end()
    })
  const [web, users, wild, deep] = await Promise.all(['web', 'users', 'wild', 'deep'].map(start))
  const pools = { web: { endpoints: [web.url] }, users: { endpoints: [users.url] }, deep: { endpoints: [deep.url] } }
  const proxy = await startProxy(t, {
    tenants: [
      {
        name: 'acme',
        hosts: ['api.acme.test', 'exact.wild.test'],
        pools,
        routes: [
          { path: '/', pool: 'web' },
          { path: '/v1/users', pool: 'users', methods: ['GET', 'HEAD'] },
          { path: '/v1/users', pool: 'deep', methods: ['DELETE'] },
        ],
      },
      { name: 'wild', hosts: ['*.wild.test'], pools: { wild: { endpoints: [wild.url] } } },
      { name: 'deep', hosts: ['*.deep.wild.test'], pools: { deep: pools.deep } },
      {
        name: 'narrow',
        hosts: ['narrow.test'],
        pools,
        routes: [
          { path: '/only', methods: ['GET'] },
          { path: '/only', methods: ['POST'] },
          { path: '/strip/me', stripPrefix: true },
        ],
      },
      { name: 'suspended', hosts: ['suspended.test'], isSuspended: true, pools },
    ],
  })
  await runScenarios(t, { port: proxy.port, origins: [web, users, wild, deep] }, scenarios)
})
