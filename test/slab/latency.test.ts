import assert from 'node:assert/strict'
import { test } from 'node:test'
import { observeLatency, readLatency, zeroLatency } from '../../src/slab/latency.ts'
import { createSlab } from '../../src/slab/slab.ts'

const slot = 3
const second = 1_000_000

function open() {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const state = { nowUs: 5e9 }
  const observe = (us: number, hasFailed = false) => observeLatency(slab, slot, { us, hasFailed, nowUs: state.nowUs })
  const read = () => readLatency(slab, slot, state.nowUs)
  return { slab, state, observe, read }
}

test('nothing is known of a slot at first, nor after it is made new', () => {
  const { slab, observe, read } = open()
  assert.equal(read(), 0)
  observe(500)
  assert.equal(read(), 500)
  zeroLatency(slab, slot)
  assert.equal(read(), 0)
})

test('who is slower is so at once, who is faster proves it over ten seconds', () => {
  const { state, observe, read } = open()
  observe(1_000)
  observe(50_000)
  assert.equal(read(), 50_000)
  // Confirmed every 50 ms, it falls towards what is measured.
  for (let ms = 0; ms < 10_000; ms += 50) {
    state.nowUs += 50_000
    observe(1_000)
  }
  assert.ok(Math.abs(read() - (1_000 + 49_000 * Math.exp(-1))) < 300, `${read()}`)
  for (let ms = 0; ms < 90_000; ms += 1) {
    state.nowUs += 1_000
    observe(1_000)
  }
  assert.ok(read() >= 995 && read() <= 1_025, `${read()}`)
})

test('what nobody confirms is forgotten', () => {
  const { state, observe, read } = open()
  observe(40_000)
  state.nowUs += 10 * second
  assert.ok(Math.abs(read() - 40_000 * Math.exp(-1)) < 100, `${read()}`)
  state.nowUs += 200 * second
  assert.equal(read(), 0)
})

test('a failure counts as slow however fast it came, and more each time', () => {
  const { state, observe, read } = open()
  observe(2_000)
  observe(100, true)
  assert.equal(read(), second)
  observe(100, true)
  assert.equal(read(), 10 * second)
  for (let count = 0; count < 5; count += 1) observe(100, true)
  assert.ok(read() > 33 * second && read() < 34 * second)
  state.nowUs += 60 * second
  assert.ok(read() < 0.1 * second)
})

test('a slow endpoint that fails is slower than it was', () => {
  const { observe, read } = open()
  observe(2 * second)
  observe(100, true)
  assert.equal(read(), 20 * second)
})

test('another thread may be a moment ahead, and a machine may run for years', () => {
  const { state, observe, read } = open()
  observe(700)
  state.nowUs -= 20_000
  assert.equal(read(), 700)
  state.nowUs = 3e14
  observe(900)
  state.nowUs += 1_000
  assert.equal(read(), 900)
})
