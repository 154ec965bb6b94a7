import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paceDeadlineUs } from '../../src/proxy/body-pace.ts'

const second = 1_000_000
const bytesPerSecond = 240

/** When a body is late that brings so many bytes each time, after so many seconds; undefined when it keeps its pace for a minute. */
function lateAfter(bytes: number, everySeconds: number): number | undefined {
  let deadlineUs = paceDeadlineUs(0, 0, { bytes: 0, bytesPerSecond })
  for (let nowUs = everySeconds * second; nowUs <= 60 * second; nowUs += everySeconds * second) {
    if (deadlineUs <= nowUs) return deadlineUs / second
    deadlineUs = paceDeadlineUs(deadlineUs, nowUs, { bytes, bytesPerSecond })
  }
  return undefined
}

test('a body that stands still is late after ten seconds, whatever it brought before', () => {
  assert.equal(lateAfter(0, 1), 10)
  assert.equal(lateAfter(1e9, 11), 10)
  const afterMuch = paceDeadlineUs(10 * second, 5 * second, { bytes: 1e9, bytesPerSecond })
  assert.equal(afterMuch, 15 * second)
})

test('a body that keeps to its rate is never late, however it is portioned', () => {
  for (const [bytes, every] of [
    [240, 1],
    [24, 0.1],
    [2_160, 9],
    [1e6, 1],
  ]) {
    assert.equal(lateAfter(bytes, every), undefined, `${bytes} bytes every ${every} s`)
  }
})

test('a body that does not is late sooner or later', () => {
  assert.equal(lateAfter(120, 1), 19)
  assert.ok((lateAfter(1, 1) ?? Infinity) < 10.1)
})
