import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '../support/request.ts'
import { runScenarios } from '../support/run-scenarios.ts'
import type { Scenario } from '../support/run-scenarios.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const forged = {
  'x-forwarded-for': '198.51.100.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'forged.test',
  'x-forwarded-port': '443',
  'x-real-ip': '198.51.100.1',
  forwarded: 'for=198.51.100.1',
  via: '1.1 forged',
  'x-request-id': 'forged',
  'x-mtlb-tenant': 'globex',
  'x-mtlb-anything': 'forged',
}

const always: readonly Scenario[] = [
  {
    name: 'the endpoint learns the host, the request id and the tenant',
    request: { host: 'acme.test' },
    expect: {
      status: 200,
      headers: { 'x-request-id': uuid7 },
      sent: { headers: { host: 'acme.test', 'x-request-id': uuid7, 'x-mtlb-tenant': 'acme' } },
    },
  },
  {
    name: 'fields of the connection stay behind, those that Connection names too',
    request: {
      headers: {
        connection: 'close, X-Private, TE',
        'x-private': '1',
        te: 'trailers',
        'keep-alive': 'timeout=5',
        'proxy-connection': 'keep-alive',
        'proxy-authorization': 'Basic eA==',
        'x-public': '2',
      },
    },
    expect: {
      status: 200,
      sent: {
        headers: {
          'x-private': undefined,
          te: undefined,
          'keep-alive': undefined,
          'proxy-connection': undefined,
          'proxy-authorization': undefined,
          connection: undefined,
          'x-public': '2',
        },
      },
    },
  },
  {
    name: 'Connection cannot take away what mtlb says',
    request: { headers: { connection: 'close, X-Request-Id, Via' } },
    expect: { status: 200, sent: { headers: { 'x-request-id': uuid7, via: /mtlb/ } } },
  },
  ...['Host', 'Content-Length', 'X-Forwarded-For', 'Authorization', 'X-Mtlb-Tenant'].map((name) => ({
    name: `a request whose Connection names ${name} is refused`,
    request: { headers: { connection: `close, ${name}` } },
    expect: { status: 400, code: 'bad_request' },
  })),
]

const untrusted: readonly Scenario[] = [
  ...always,
  {
    name: 'what a client says about where it comes from is dropped',
    request: { headers: forged },
    expect: {
      status: 200,
      sent: {
        headers: {
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-proto': 'http',
          'x-forwarded-host': 'acme.test',
          'x-forwarded-port': undefined,
          'x-real-ip': undefined,
          forwarded: 'for=127.0.0.1;host="acme.test";proto=http',
          via: '1.1 mtlb',
          'x-request-id': uuid7,
          'x-mtlb-tenant': 'acme',
          'x-mtlb-anything': undefined,
        },
      },
    },
  },
]

const trusted: readonly Scenario[] = [
  ...always,
  {
    name: 'what a trusted proxy says is kept and added to, but never the tenant',
    request: { headers: forged },
    expect: {
      status: 200,
      sent: {
        headers: {
          'x-forwarded-for': '198.51.100.1, 127.0.0.1',
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'forged.test',
          forwarded: 'for=198.51.100.1, for=127.0.0.1;host="acme.test";proto=http',
          via: '1.1 forged, 1.1 mtlb',
          'x-mtlb-tenant': 'acme',
          'x-mtlb-anything': undefined,
        },
      },
    },
  },
  {
    name: 'what it says counts as a list, however it is spread over fields',
    request: {
      headers: {
        'x-forwarded-for': ['198.51.100.1', '2001:db8::1,192.0.2.7'],
        'x-forwarded-proto': 'https, http',
        'x-forwarded-host': 'a.test:8443, b.test',
        forwarded: ['for="[2001:db8::1]:80"', 'for=_hidden;by=unknown'],
      },
    },
    expect: {
      status: 200,
      sent: {
        headers: {
          'x-forwarded-for': '198.51.100.1, 2001:db8::1,192.0.2.7, 127.0.0.1',
          'x-forwarded-proto': 'https, http',
          'x-forwarded-host': 'a.test:8443, b.test',
          forwarded: 'for="[2001:db8::1]:80", for=_hidden;by=unknown, for=127.0.0.1;host="acme.test";proto=http',
        },
      },
    },
  },
  {
    name: 'what is malformed in it is dropped, and ours stands alone',
    request: {
      headers: {
        'x-forwarded-for': '198.51.100.1, <script>',
        'x-forwarded-proto': ['https', 'javascript'],
        'x-forwarded-host': 'forged.test/path',
        forwarded: ['for=198.51.100.1', 'for="unclosed'],
      },
    },
    expect: {
      status: 200,
      sent: {
        headers: {
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-proto': 'http',
          'x-forwarded-host': 'acme.test',
          forwarded: 'for=127.0.0.1;host="acme.test";proto=http',
        },
      },
    },
  },
]

test('forwarding for a client that is not trusted', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  await runScenarios(t, { port: proxy.port, origins: [origin] }, untrusted)
})

test('forwarding for a trusted proxy', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, {
    settings: { 'trusted-proxies': '127.0.0.0/8' },
    tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
  })
  await runScenarios(t, { port: proxy.port, origins: [origin] }, trusted)
})

test('fields of the endpoint’s connection and those that only mtlb may say do not reach the client', async (t) => {
  const origin = await startRawOrigin(
    t,
    'HTTP/1.1 200 Fine\r\nConnection: X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\n' +
      'Upgrade: h2c\r\nX-Request-Id: forged\r\nX-Mtlb-Tenant: forged\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n' +
      'Server: origin\r\nContent-Length: 2\r\n\r\nok',
  )
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const { status, headers, body } = await request(proxy.port)
  assert.equal(status, 200)
  assert.equal(body, 'ok')
  for (const name of ['x-private', 'keep-alive', 'proxy-connection', 'upgrade', 'x-mtlb-tenant']) {
    assert.equal(headers[name], undefined, name)
  }
  assert.match(String(headers['x-request-id']), uuid7)
  assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2'])
  assert.equal(headers.server, 'origin')
})

test('the endpoint gets exactly one of each field that mtlb says', async (t) => {
  const origin = await startRawOrigin(t, 'HTTP/1.1 204 No Content\r\n\r\n')
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  await request(proxy.port, { headers: { ...forged, 'x-Forwarded-FOR': ['1.2.3.4', '5.6.7.8'] } })
  const names = origin.connections[0].received
    .split('\r\n')
    .slice(1, -2)
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted())
  assert.equal(names[0], 'host')
})
