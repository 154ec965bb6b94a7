import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiscoveredIds } from '../../src/control/discovered-ids.ts'

test('an endpoint has the same number always, beyond those of rows and within 32 bits', () => {
  const [first, second] = [new DiscoveredIds(), new DiscoveredIds()]
  const id = first.take(7, 11, 'http://10.0.0.1')
  assert.ok(id >= 2 ** 31 && id < 2 ** 32)
  second.take(7, 11, 'http://10.0.0.2')
  assert.deepEqual([first.take(7, 11, 'http://10.0.0.1'), second.take(7, 11, 'http://10.0.0.1')], [id, id])
  assert.notEqual(first.take(7, 12, 'http://10.0.0.1'), id)
})

test('no two have the same number, however many there are', () => {
  const ids = new DiscoveredIds()
  const taken = new Set<number>()
  for (let at = 0; at < 200_000; at++)
    taken.add(ids.take(at % 100, 1, `http://10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`))
  assert.equal(taken.size, 200_000)
})

test('who is gone gives its number back', () => {
  const ids = new DiscoveredIds()
  const [a, b] = ['http://10.0.0.1', 'http://10.0.0.2'].map((url) => ids.take(7, 11, url))
  ids.keep(7, new Set([b]))
  assert.deepEqual([ids.take(7, 11, 'http://10.0.0.2'), ids.take(7, 11, 'http://10.0.0.1')], [b, a])
  ids.keep(7, new Set())
  assert.equal(ids.take(7, 11, 'http://10.0.0.1'), a)
})
