import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isForwarded } from '../../../src/wire/http1/forwarded.ts'

const sound = [
  'for=192.0.2.60;proto=http;by=203.0.113.43',
  'for="[2001:db8:cafe::17]:4711"',
  'For=192.0.2.43, for=198.51.100.17',
  'for=192.0.2.43,for="[2001:db8::1]" ,\tfor=unknown',
  'for=_hidden;host="a.test:80";secret="a\\"b\\\\,;="',
  'for=a;;by=b;',
  ',for=a,,',
  'host=""',
]
const malformed = [
  'for',
  'for=',
  '=a',
  'for=a b',
  'for=a; by=b',
  'for =a',
  'for= a',
  'for=[::1]',
  'for=a:80',
  'for="a',
  'for="a\\',
  'for="a"b',
  'for=a;FOR=b',
  'for=a by=b',
  'for=a;by',
  '127.0.0.1',
  'for="caf\x01"',
  'for=\xe9',
]

test('a Forwarded value is elements of pairs', () => {
  for (const value of sound) assert.equal(isForwarded(value), true, value)
  for (const value of malformed) assert.equal(isForwarded(value), false, value)
})
