import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalPath } from '../../../src/wire/http1/canonical-path.ts'
import { hasDotSegment, otherReadings, stripRawPrefix } from '../../../src/wire/http1/raw-path.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const climbing = [
  '/..',
  '/.',
  '/./a',
  '/a/..',
  '/a/../b',
  '/%2e%2E/a',
  '/a/.%2e',
  '/a%2f..',
  '/..%2fa',
  '/a%5C..%5cb',
  '/a/..;x/b',
  '/a/..%3bx',
  '/a/.;/b',
  '/a/..%00/b',
  '/a/..%00',
  '/a%2F.',
]
const harmless = [
  '/',
  '/a',
  '/...',
  '/a/...;',
  '/..a',
  '/a..',
  '/a.b',
  '/.a/..b',
  '/;..',
  '/%00..',
  '/a%2fb',
  '/%252e%252e',
]

test('a dot segment is found however it is written or divided', () => {
  for (const path of climbing) assert.equal(hasDotSegment(path), true, path)
  for (const path of harmless) assert.equal(hasDotSegment(path), false, path)
})

const stripped: readonly (readonly [raw: string, prefix: string, rest: string])[] = [
  ['/files/a%2Fb', '/files', '/a%2Fb'],
  ['/f%69les/%61', '/files', '/%61'],
  ['//files//a//b', '/files', '/a//b'],
  ['/files', '/files', '/'],
  ['/files/', '/files', '/'],
  ['/v1//files/x', '/v1/files', '/x'],
  ['//a', '/', '//a'],
  ['*', '/', '*'],
]

test('the prefix is cut off in whatever way the client wrote it', () => {
  for (const [raw, prefix, rest] of stripped) assert.equal(stripRawPrefix(raw, prefix), rest, raw)
})

test('other readings have slashes for what is encoded, and end at a NUL', () => {
  assert.deepEqual(otherReadings('/a%2F%2Fb%5Cc'), ['/a/b/c', '/a/b/c', '/a%2F%2Fb%5Cc'])
  assert.deepEqual(otherReadings('/a%2Fb%00c'), ['/a/b%00c', '/a/b', '/a%2Fb'])
})

test('a path without dot segments stays below its prefix for whoever decodes it twice over', () => {
  const random = seededRandom(1)
  const parts = ['/', '/', '.', '..', '%2e', '%2f', '%5C', '%00', 'a', ';', '%3b', '%252f']
  let passed = 0
  for (let round = 0; round < 20_000; round++) {
    const raw = `/in/${Array.from({ length: random.below(10) }, () => random.pick(parts)).join('')}`
    if (typeof canonicalPath(raw) !== 'string' || hasDotSegment(raw)) continue
    passed++
    const decoded = decodeURIComponent(raw).replaceAll('\\', '/')
    for (const reading of [decoded, decoded.split('\0', 1)[0], decoded.replaceAll(/;[^/]*/g, '')]) {
      const resolved = new URL(reading.replaceAll(/\/+/g, '/'), 'http://a.test').pathname
      assert.ok(/^\/in(?:\/|$|;|%00)/.test(resolved), `${raw} is ${resolved}`)
    }
  }
  assert.ok(passed > 5_000, `only ${passed} passed`)
})
