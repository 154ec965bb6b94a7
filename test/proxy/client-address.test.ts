import assert from 'node:assert/strict'
import test from 'node:test'
import { parseRange } from '../../src/kit/ip.ts'
import { buildIpTable } from '../../src/kit/ip-table.ts'
import { findClientAddress } from '../../src/proxy/client-address.ts'
import { isParseError } from '../../src/wire/http1/parse-error.ts'
import { parseRequestHead } from '../../src/wire/http1/parse-request-head.ts'
import type { RequestHead } from '../../src/wire/http1/request-head.ts'

const trusted = buildIpTable(['10.0.0.0/8', 'fd00::/8'].map((text) => ({ range: parseRange(text)!, value: 1 })))

const cases: [name: string, peer: string, fields: readonly string[], expected: string][] = [
  ['nobody is believed but a trusted proxy', '203.0.113.9', ['X-Forwarded-For: 1.2.3.4'], '203.0.113.9'],
  ['a trusted proxy names the client', '10.0.0.1', ['X-Forwarded-For: 1.2.3.4'], '1.2.3.4'],
  [
    'what stands left of the first untrusted hop is hearsay',
    '10.0.0.1',
    ['X-Forwarded-For: 9.9.9.9, 1.2.3.4, 10.0.0.7'],
    '1.2.3.4',
  ],
  ['repeated fields are one list', '10.0.0.1', ['X-Forwarded-For: 1.2.3.4', 'x-forwarded-for: 10.0.0.7'], '1.2.3.4'],
  [
    'a chain of trusted proxies alone ends at its first',
    '10.0.0.1',
    ['X-Forwarded-For: 10.0.0.9, 10.0.0.7'],
    '10.0.0.9',
  ],
  ['a malformed entry ends the search', '10.0.0.1', ['X-Forwarded-For: 1.2.3.4, unknown, 10.0.0.7'], '10.0.0.7'],
  ['without the field the proxy is the client', '10.0.0.1', [], '10.0.0.1'],
  ['an empty field names nobody', '10.0.0.1', ['X-Forwarded-For:'], '10.0.0.1'],
  ['one client has one spelling', '10.0.0.1', ['X-Forwarded-For: ::FFFF:1.2.3.4'], '1.2.3.4'],
  ['addresses may be IPv6', 'fd00::1', ['X-Forwarded-For: 2001:db8::5'], '2001:db8::5'],
]

for (const [name, peer, fields, expected] of cases) {
  test(name, () => assert.equal(findClientAddress(headOf(fields), peer, trusted), expected))
}

test('without trusted proxies the peer is the client', () => {
  assert.equal(findClientAddress(headOf(['X-Forwarded-For: 1.2.3.4']), '10.0.0.1', undefined), '10.0.0.1')
})

function headOf(fields: readonly string[]): RequestHead {
  const bytes = Buffer.from(['GET / HTTP/1.1', 'Host: a.test', ...fields, '', ''].join('\r\n'))
  const head = parseRequestHead(bytes, 0, bytes.length)
  assert.ok(head !== undefined && !isParseError(head))
  return head
}
