import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ParsedFile, parseHosts, parseResolverOptions } from '../../src/outbound/name-service-files.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { tempFolder } from '../support/temp-store.ts'

const defaults = {
  servers: [{ address: '127.0.0.1', port: 53 }],
  search: [],
  ndots: 1,
  timeoutMs: 2_000,
  attempts: 2,
}

const configurations = [
  { name: 'nothing', text: '', is: {} },
  {
    name: 'name servers',
    text: 'nameserver 10.0.0.2\n# nameserver 10.0.0.3\n nameserver\t2001:DB8::53 ; the other\nnameserver nonsense\nnameserver FE80::1%eth0\nnameserver 10.0.0.4%eth0',
    is: { servers: ['10.0.0.2', '2001:db8::53', 'fe80::1%eth0', '10.0.0.4'].map((address) => ({ address, port: 53 })) },
  },
  {
    name: 'a search list',
    text: 'search a.internal .b.internal. . a..b -x!',
    is: { search: ['a.internal', 'b.internal'] },
  },
  { name: 'the last of several', text: 'search a.internal\ndomain b.internal', is: { search: ['b.internal'] } },
  {
    name: 'options',
    text: 'options ndots:5 timeout:1 attempts:3 rotate edns0',
    is: { ndots: 5, timeoutMs: 1_000, attempts: 3 },
  },
  {
    name: 'options beyond what is sensible',
    text: 'options ndots:99 timeout:99 attempts:99',
    is: { ndots: 15, timeoutMs: 30_000, attempts: 5 },
  },
  {
    name: 'options of nothing',
    text: 'options ndots:0 timeout:0 attempts:0 ndots:x',
    is: { ndots: 0, timeoutMs: 1_000, attempts: 1 },
  },
]

for (const { name, text, is } of configurations) {
  test(`resolv.conf says ${name}`, () => assert.deepEqual(parseResolverOptions(text), { ...defaults, ...is }))
}

test('the hosts file gives each name all its addresses', () => {
  const text =
    '127.0.0.1 localhost me # comment\n::1\tLocalhost\n#10.0.0.9 me\n10.0.0.1 web.internal web\n10.0.0.2 web\n10.0.0.2 web\nnonsense x'
  assert.deepEqual(Object.fromEntries(parseHosts(text)), {
    localhost: ['127.0.0.1', '::1'],
    me: ['127.0.0.1'],
    'web.internal': ['10.0.0.1'],
    web: ['10.0.0.1', '10.0.0.2'],
  })
})

test('a file is read anew when it has changed, looked at once a second, and empty when it is gone', (t) => {
  const path = join(tempFolder(t), 'file')
  const clock = fakeClock()
  let parsed = 0
  const file = new ParsedFile(path, (text) => ((parsed += 1), text), clock)
  assert.equal(file.read(), '')
  writeFileSync(path, 'a')
  assert.equal(file.read(), '')
  clock.advance(1_000)
  assert.equal(file.read(), 'a')
  const before = parsed
  clock.advance(1_000)
  assert.deepEqual([file.read(), parsed], ['a', before])
  writeFileSync(path, 'bc')
  clock.advance(1_000)
  assert.equal(file.read(), 'bc')
  rmSync(path)
  clock.advance(1_000)
  assert.equal(file.read(), '')
})
