import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldId, fieldIdOf } from '../../../src/wire/http1/field-id.ts'

const wireNames: [name: string, id: number][] = [
  ['host', fieldId.host],
  ['connection', fieldId.connection],
  ['transfer-encoding', fieldId.transferEncoding],
  ['content-length', fieldId.contentLength],
  ['expect', fieldId.expect],
  ['authorization', fieldId.authorization],
  ['x-api-key', fieldId.xApiKey],
  ['content-type', fieldId.contentType],
  ['keep-alive', fieldId.keepAlive],
  ['proxy-connection', fieldId.proxyConnection],
  ['te', fieldId.te],
  ['trailer', fieldId.trailer],
  ['upgrade', fieldId.upgrade],
  ['user-agent', fieldId.userAgent],
  ['x-forwarded-for', fieldId.xForwardedFor],
  ['x-forwarded-proto', fieldId.xForwardedProto],
  ['x-forwarded-host', fieldId.xForwardedHost],
  ['x-forwarded-port', fieldId.xForwardedPort],
  ['forwarded', fieldId.forwarded],
  ['via', fieldId.via],
  ['x-request-id', fieldId.xRequestId],
  ['x-mtlb-tenant', fieldId.xMtlb],
  ['proxy-authenticate', fieldId.proxyAuthenticate],
  ['proxy-authorization', fieldId.proxyAuthorization],
  ['date', fieldId.date],
  ['server', fieldId.server],
  ['cookie', fieldId.cookie],
  ['set-cookie', fieldId.setCookie],
  ['location', fieldId.location],
  ['retry-after', fieldId.retryAfter],
  ['x-real-ip', fieldId.xRealIp],
  ['allow', fieldId.allow],
  ['http2-settings', fieldId.http2Settings],
  ['sec-websocket-key', fieldId.secWebsocketKey],
  ['sec-websocket-version', fieldId.secWebsocketVersion],
  ['sec-websocket-protocol', fieldId.secWebsocketProtocol],
  ['sec-websocket-extensions', fieldId.secWebsocketExtensions],
  ['sec-websocket-accept', fieldId.secWebsocketAccept],
  ['x-mtlb-trace', fieldId.xMtlbTrace],
]

test('every known name is found in every case', () => {
  for (const [name, id] of wireNames) {
    for (const spelling of [name, name.toUpperCase(), trainCase(name)]) assert.equal(fieldIdOf(spelling), id, spelling)
  }
  assert.equal(wireNames.length, Object.keys(fieldId).length - 1)
})

test('a name that differs by one character is another name', () => {
  for (const [name] of wireNames.filter(([known]) => !known.startsWith('x-mtlb-'))) {
    for (let at = 0; at < name.length; at++) {
      const changed = `${name.slice(0, at)}#${name.slice(at + 1)}`
      assert.equal(fieldIdOf(changed), fieldId.other, changed)
    }
    assert.equal(fieldIdOf(`${name}s`), fieldId.other)
    assert.equal(fieldIdOf(` ${name}`), fieldId.other)
  }
})

test('look-alikes, controls and nothing are no known names', () => {
  const others = [
    '',
    'hoſt',
    'vıa',
    'coo\u212Aie',
    'x\rapi\rkey',
    'x_api_key',
    'x-mtlb',
    'x-mtl',
    'y-mtlb-tenant',
    'h\u016Fst',
  ]
  for (const name of others) assert.equal(fieldIdOf(name), fieldId.other, JSON.stringify(name))
})

function trainCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}
