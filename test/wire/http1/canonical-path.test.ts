import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalPath } from '../../../src/wire/http1/canonical-path.ts'
import { parseErrors } from '../../../src/wire/http1/parse-error.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const cases: [raw: string, canonical: string][] = [
  ['/', '/'],
  ['//', '/'],
  ['/.', '/'],
  ['/..', '/'],
  ['/./', '/'],
  ['/../', '/'],
  ['/a', '/a'],
  ['/a/', '/a/'],
  ['/a/.', '/a/'],
  ['/a/..', '/'],
  ['/a/../', '/'],
  ['/a/b/..', '/a/'],
  ['/a/b/../..', '/'],
  ['/a/b/../../..', '/'],
  ['/../../../a', '/a'],
  ['/a//b', '/a/b'],
  ['/a//', '/a/'],
  ['//a', '/a'],
  ['/a//..', '/'],
  ['/a/..//b', '/b'],
  ['/..a', '/..a'],
  ['/a..', '/a..'],
  ['/...', '/...'],
  ['/.a/..b', '/.a/..b'],
  ['/%2e', '/'],
  ['/%2e%2e/a', '/a'],
  ['/a/%2E./b', '/b'],
  ['/%41%5a%61%7a%30%39%2d%2e%5f%7e', '/AZaz09-._~'],
  ['/%21%24%26', '/%21%24%26'],
  ['/%3a%40', '/%3A%40'],
  ['/%e2%82%ac', '/%E2%82%AC'],
  ['/%25', '/%25'],
  ['/%252e', '/%252e'],
  ['/%25%32%65', '/%252e'],
  ['/%2525', '/%2525'],
  ['/%0d%0a', '/%0D%0A'],
  ['/%20+', '/%20+'],
  ['/a|b', '/a%7Cb'],
  ['/[a]', '/%5Ba%5D'],
  ['/a;b=c/d', '/a;b=c/d'],
  ['/;/..', '/'],
  ['/a;/../b', '/b'],
  ['/a%2fb/..', '/'],
  ['/%2f%5c%00', '/%2F%5C%00'],
  ['/..%2f', '/..%2F'],
]

const refused: [raw: string, rule: keyof typeof parseErrors][] = [
  ['/%', 'pathPercent'],
  ['/%2', 'pathPercent'],
  ['/%g0', 'pathPercent'],
  ['/%0g', 'pathPercent'],
  ['/%%32f', 'pathPercent'],
  ['/% 2f', 'pathPercent'],
  ['/.;', 'pathDotParameter'],
  ['/..;', 'pathDotParameter'],
  ['/..;a/b', 'pathDotParameter'],
  ['/.%2e;/b', 'pathDotParameter'],
  ['/..%3B/b', 'pathDotParameter'],
]

test('a path has one spelling', () => {
  for (const [raw, canonical] of cases) assert.equal(canonicalPath(raw), canonical, raw)
})

test('a path that an endpoint could read differently is refused', () => {
  for (const [raw, rule] of refused) assert.deepEqual(canonicalPath(raw), parseErrors[rule], raw)
})

test('the canonical spelling is its own canonical spelling, and never climbs', () => {
  const random = seededRandom(1)
  const parts = [
    '/',
    '/',
    '.',
    '..',
    '%2e',
    '%25',
    '%252e',
    'a',
    'B',
    ';',
    '%3b',
    '%c3',
    '{',
    '~',
    '%7E',
    '%2f',
    '%5C',
    '%00',
  ]
  for (let round = 0; round < 20_000; round++) {
    const raw = `/${Array.from({ length: random.below(12) }, () => random.pick(parts)).join('')}`
    const once = canonicalPath(raw)
    if (typeof once !== 'string') continue
    assert.equal(canonicalPath(once), once, raw)
    assert.ok(once.startsWith('/') && !once.includes('//'), raw)
    const segments = once.split('/')
    assert.ok(!segments.includes('.') && !segments.includes('..'), raw)
  }
})
