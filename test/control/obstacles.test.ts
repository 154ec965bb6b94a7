import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Obstacles } from '../../src/control/obstacles.ts'
import type { OwnListener } from '../../src/control/obstacles.ts'
import { parseRange } from '../../src/kit/ip.ts'
import { buildIpTable } from '../../src/kit/ip-table.ts'

const local = ['::1', '127.0.0.1', '10.0.0.5', '2001:db8::5']

const cases = [
  { name: 'an address of elsewhere', bind: '0.0.0.0', address: '10.0.0.6', isOwn: false },
  { name: 'the loopback, of a listener on all v4 addresses', bind: '0.0.0.0', address: '127.0.0.1', isOwn: true },
  { name: 'any loopback address', bind: '0.0.0.0', address: '127.9.9.9', isOwn: true },
  { name: 'an address of the machine', bind: '0.0.0.0', address: '10.0.0.5', isOwn: true },
  { name: 'a v6 address, of a listener on v4', bind: '0.0.0.0', address: '2001:db8::5', isOwn: false },
  { name: 'the v6 loopback, of a listener on all addresses', bind: '::', address: '::1', isOwn: true },
  { name: 'a v6 address of the machine', bind: '::', address: '2001:db8::5', isOwn: true },
  { name: 'a v4 address, of a listener on all addresses', bind: '::', address: '10.0.0.5', isOwn: true },
  { name: 'the very address', bind: '10.0.0.5', address: '10.0.0.5', isOwn: true },
  { name: 'another address of the machine', bind: '10.0.0.5', address: '127.0.0.1', isOwn: false },
  { name: 'another port', bind: '0.0.0.0', address: '127.0.0.1', port: 8081, isOwn: false },
]

for (const { name, bind, address, port = 8080, isOwn } of cases) {
  test(`an own listener: ${name} is ${isOwn ? 'refused' : 'fine'}`, () => {
    const { obstacles } = createObstacles([{ name: 'main', address: bind, port: 8080 }])
    const reason = obstacles.find(address, port)
    if (isOwn) assert.match(reason ?? '', /listener 'main' of this server listens; see the setting allow-addresses/)
    else assert.equal(reason, undefined)
  })
}

test('what the setting allows is allowed, and nothing else', () => {
  const { obstacles, allow } = createObstacles([{ name: 'main', address: '0.0.0.0', port: 8080 }])
  assert.match(obstacles.find('169.254.7.7', 80) ?? '', /^169.254.7.7 is a link-local address/)
  allow('169.254.7.0/24', '127.0.0.1/32')
  assert.equal(obstacles.refresh(), true)
  const reasons = ['169.254.7.7', '127.0.0.1', '169.254.169.254', '127.0.0.2'].map((ip) => obstacles.find(ip, 8080))
  assert.deepEqual(
    reasons.map((reason) => reason === undefined),
    [true, true, false, false],
  )
})

test('it says when anything is judged otherwise, and only then', () => {
  const listeners: OwnListener[] = []
  const { obstacles, allow, addresses } = createObstacles(listeners)
  assert.equal(obstacles.refresh(), false)
  listeners.push({ name: 'main', address: '0.0.0.0', port: 0 })
  assert.equal(obstacles.refresh(), false)
  listeners[0] = { name: 'main', address: '0.0.0.0', port: 41_000 }
  assert.deepEqual([obstacles.refresh(), obstacles.refresh()], [true, false])
  allow('10.0.0.0/8')
  assert.deepEqual([obstacles.refresh(), obstacles.refresh()], [true, false])
  addresses.push('fe80::9')
  assert.equal(obstacles.refresh(), false)
  addresses.push('10.0.0.9')
  assert.deepEqual([obstacles.refresh(), obstacles.refresh()], [true, false])
})

function createObstacles(listeners: readonly OwnListener[]) {
  const addresses = [...local]
  const global = { allowAddresses: undefined as ReturnType<typeof buildIpTable> | undefined }
  const obstacles = new Obstacles({ global: () => global, listeners: () => listeners, localAddresses: () => addresses })
  obstacles.refresh()
  const allow = (...ranges: string[]) => {
    global.allowAddresses = buildIpTable(ranges.map((range) => ({ range: parseRange(range)!, value: 1 })))
  }
  return { obstacles, allow, addresses }
}
