import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createShaper, passBytes, readBacklog } from '../../src/limit/shaper.ts'

test('whoever has passed bytes waits for as long as they take, but for what may come at once', () => {
  const cells = new BigInt64Array(1)
  const shaper = createShaper(1_000_000)
  const pass = (bytes: number, atUs: number) => passBytes(cells, 0, shaper, { bytes, nowUs: atUs })
  assert.equal(pass(50_000, 1e6), 0)
  assert.equal(pass(10_000, 1e6), 10_000)
  assert.equal(pass(10_000, 1e6), 20_000)
  assert.equal(readBacklog(cells, 0, shaper, 1e6 + 5_000), 15_000)
  assert.equal(readBacklog(cells, 0, shaper, 1e6 + 20_000), 0)
  assert.equal(pass(50_000, 9e6), 0, 'what was not used is not saved up')
  assert.equal(pass(1, 9e6), 1)
})

test('streams that wait for their turns get the bandwidth together, whatever it is', () => {
  for (const bytesPerSecond of [1_000, 123_456, 10_000_000, 4e9, 1e12]) {
    const cells = new BigInt64Array(1)
    const shaper = createShaper(bytesPerSecond)
    const chunk = Math.max(1, Math.floor(bytesPerSecond / 500))
    const turns = Array.from({ length: 50 }, () => 1e9)
    let passed = 0
    for (let step = 0; step < 20_000; step++) {
      const next = turns.indexOf(Math.min(...turns))
      const atUs = turns[next]
      if (atUs > 1e9 + 10e6) break
      passed += chunk
      turns[next] = atUs + Math.max(1, passBytes(cells, 0, shaper, { bytes: chunk, nowUs: atUs }))
    }
    const share = passed / (10 * bytesPerSecond)
    assert.ok(Math.abs(share - 1) < 0.05, `${bytesPerSecond}: ${share}`)
  }
})
