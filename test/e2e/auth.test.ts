import { test } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { runScenarios } from '../support/run-scenarios.ts'
import type { Scenario } from '../support/run-scenarios.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

const acme = mintKey().secret
const globex = mintKey().secret

const refused = { status: 401, code: 'unauthenticated', headers: { 'www-authenticate': /^Bearer/ } }

const scenarios: readonly Scenario[] = [
  { name: 'without a key nobody is served', request: {}, expect: refused },
  {
    name: 'a key as a bearer token opens the route and is not sent on',
    request: { headers: { authorization: `Bearer ${acme}` } },
    expect: { status: 200, sent: { headers: { authorization: undefined } } },
  },
  {
    name: 'the scheme may have any case',
    request: { headers: { authorization: `bEARER ${acme}` } },
    expect: { status: 200, sent: { headers: { authorization: undefined } } },
  },
  {
    name: 'a key in X-Api-Key opens the route and is not sent on',
    request: { headers: { 'x-api-key': acme } },
    expect: { status: 200, sent: { headers: { 'x-api-key': undefined } } },
  },
  {
    name: 'with X-Api-Key, Authorization is the business of the endpoint',
    request: { headers: { 'x-api-key': acme, authorization: 'Basic dXNlcjpwYXNz' } },
    expect: { status: 200, sent: { headers: { 'x-api-key': undefined, authorization: 'Basic dXNlcjpwYXNz' } } },
  },
  {
    name: 'a key in both fields is sent on in neither',
    request: { headers: { 'x-api-key': acme, authorization: `Bearer ${acme}` } },
    expect: { status: 200, sent: { headers: { 'x-api-key': undefined, authorization: undefined } } },
  },
  { name: 'a wrong key is refused', request: { headers: { 'x-api-key': mintKey().secret } }, expect: refused },
  { name: 'the key of another tenant is refused', request: { headers: { 'x-api-key': globex } }, expect: refused },
  {
    name: 'a key in another scheme is refused',
    request: { headers: { authorization: `Basic ${acme}` } },
    expect: refused,
  },
  { name: 'an empty key is refused', request: { headers: { 'x-api-key': '' } }, expect: refused },
  { name: 'a key in the query opens nothing', request: { path: `/?key=${acme}` }, expect: refused },
  {
    name: 'a route for everybody asks for none, and leaves Authorization to the endpoint',
    request: { path: '/open', headers: { authorization: 'Bearer of-the-endpoint' } },
    expect: { status: 200, sent: { headers: { authorization: 'Bearer of-the-endpoint' } } },
  },
  {
    name: 'the same key opens nothing at a tenant that does not have it',
    request: { host: 'globex.test', headers: { 'x-api-key': acme } },
    expect: refused,
  },
]

test('authentication', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const closed = { path: '/', auth: 'key' }
  const proxy = await startProxy(t, {
    tenants: [
      { name: 'acme', keys: { ci: acme }, pools, routes: [closed, { path: '/open', auth: 'none' }] },
      { name: 'globex', keys: { ci: globex }, pools, routes: [closed] },
    ],
  })
  await runScenarios(t, { port: proxy.port, origins: [origin] }, scenarios)
})
