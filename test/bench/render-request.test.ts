import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderRequest } from '../../bench/render-request.ts'
import { acme } from '../../bench/tenants.ts'

const head = `/hello HTTP/1.1\r\nHost: api.acme.test\r\nAuthorization: Bearer ${acme.keys[0]}\r\n`

test('a request without a body is a GET of the tenant with its first key', () => {
  assert.equal(renderRequest({ tenant: acme }), `GET ${head}\r\n`)
  assert.equal(renderRequest({ tenant: acme, isLast: true }), `GET ${head}Connection: close\r\n\r\n`)
})

test('a whole body has its length, parts are chunks', () => {
  assert.equal(renderRequest({ tenant: acme, body: 'hello' }), `POST ${head}Content-Length: 5\r\n\r\nhello`)
  const chunked = `POST ${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n10\r\n${'x'.repeat(16)}\r\n0\r\n\r\n`
  assert.equal(renderRequest({ tenant: acme, body: ['hello', 'x'.repeat(16)] }), chunked)
})
