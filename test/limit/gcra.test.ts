import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createBucket, fullInUs, leftInBucket, takeFromBucket, ticksAt, waitForBucket } from '../../src/limit/gcra.ts'
import { Random } from '../../src/kit/random.ts'

test('a fresh cell admits exactly the burst at once', () => {
  const cells = new Float64Array(1)
  const bucket = createBucket({ count: 100, periodMs: 1_000, burst: 200 })
  const waits = Array.from({ length: 201 }, () => takeFromBucket(cells, 0, bucket, ticksAt(5_000_000)))
  assert.deepEqual(waits, [...Array(200).fill(0), 10_000])
})

test('a retry after the time that was told is admitted, one microsecond earlier it is not', () => {
  const cells = new Float64Array(1)
  const bucket = createBucket({ count: 7, periodMs: 1_000, burst: 1 })
  assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(1_000)), 0)
  const wait = takeFromBucket(cells, 0, bucket, ticksAt(1_000))
  assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(1_000 + wait - 1)), 1)
  assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(1_000 + wait)), 0)
})

test('a thread whose time lags neither gains nor takes away', () => {
  const cells = new Float64Array(1)
  const bucket = createBucket({ count: 1_000, periodMs: 1_000, burst: 1 })
  assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(10_000)), 0)
  assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(9_000)), 2_000)
  assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(11_000)), 0)
})

test('a raised rate holds at once, whatever the slower one left behind', () => {
  const cells = new Float64Array(1)
  const slow = createBucket({ count: 1, periodMs: 86_400_000, burst: 10 })
  for (let call = 0; call < 10; call += 1) takeFromBucket(cells, 0, slow, ticksAt(0))
  const fast = createBucket({ count: 100, periodMs: 1_000, burst: 200 })
  assert.equal(takeFromBucket(cells, 0, fast, ticksAt(0)), 10_000)
  assert.equal(takeFromBucket(cells, 0, fast, ticksAt(10_000)), 0)
})

test('the slowest rate with the largest burst stays within the cell', () => {
  const cells = new Float64Array(1)
  const bucket = createBucket({ count: 1, periodMs: 86_400_000, burst: 1_000_000_000 })
  for (let call = 0; call < 1_000; call += 1) assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(1e15)), 0)
})

test('a period of centuries admits its one request, and no other', () => {
  const cells = new Float64Array(1)
  const bucket = createBucket({ count: 1, periodMs: 8.64e15, burst: 1 })
  const waits = Array.from({ length: 3 }, () => takeFromBucket(cells, 0, bucket, ticksAt(5_000_000)))
  assert.equal(waits[0], 0)
  assert.ok(waits[1] > 2e15 && waits[2] > 2e15, `waits were ${waits.join(', ')}`)
})

test('neighbouring cells do not touch each other', () => {
  const cells = new Float64Array(3)
  const bucket = createBucket({ count: 1, periodMs: 1_000, burst: 1 })
  assert.equal(takeFromBucket(cells, 1, bucket, ticksAt(0)), 0)
  assert.equal(cells[0], 0)
  assert.equal(cells[2], 0)
})

test('a machine that has been up for years admits a whole burst within a microsecond for each of its thousand', () => {
  const years = 3 * 365.25 * 86_400e6
  for (const count of [7, 333, 30_000]) {
    const cells = new Float64Array(1)
    const bucket = createBucket({ count, periodMs: 1_000, burst: 1_000 })
    const now = years + 0.123
    let waitUs = 0
    for (let call = 0; call < 1_000; call += 1) {
      const wait = takeFromBucket(cells, 0, bucket, ticksAt(now + waitUs))
      waitUs += wait
      if (wait > 0) call -= 1
    }
    assert.ok(waitUs <= 10, `${count}/s waited ${waitUs} us`)
    assert.ok(takeFromBucket(cells, 0, bucket, ticksAt(now + waitUs)) > 1e6 / count - 20)
  }
})

const rates = [
  { count: 1, periodMs: 1_000, burst: 1 },
  { count: 7, periodMs: 1_000, burst: 3 },
  { count: 100, periodMs: 1_000, burst: 200 },
  { count: 1_000_000, periodMs: 1_000, burst: 5 },
  { count: 3, periodMs: 86_400_000, burst: 10 },
]

for (const rate of rates) {
  test(`${rate.count} in ${rate.periodMs} ms with burst ${rate.burst} agrees with a bucket that is counted`, () => {
    const cells = new Float64Array(1)
    const bucket = createBucket(rate)
    const oracle = countedBucket(rate)
    let nowUs = 1_000_000_000
    for (let call = 0; call < 20_000; call += 1) {
      nowUs += Math.floor(Math.random() ** 4 * ((rate.periodMs * 4_000) / rate.count))
      const isNear = Math.abs(oracle.levelAt(nowUs) - 1) < 1e-4
      const isAdmitted = takeFromBucket(cells, 0, bucket, ticksAt(nowUs)) === 0
      if (!isNear) assert.equal(isAdmitted, oracle.levelAt(nowUs) >= 1)
      if (isAdmitted) oracle.take(nowUs)
    }
  })
}

// The threads share a clock that every try moves on, so it does not matter how the machine schedules them.
test('four threads hammering one cell admit burst and rate × time, within 1 %', async (t) => {
  const rate = { count: 5_000, periodMs: 1_000, burst: 1_000 }
  const threads = 4
  const triesPerThread = 20_000
  const usPerTry = 10
  const cells = new Float64Array(new SharedArrayBuffer(8))
  const clockUs = new Int32Array(new SharedArrayBuffer(4))
  const src = new URL('../../src/', import.meta.url).href
  const lock = new Int32Array(new SharedArrayBuffer(4))
  const workerData = { cells, clockUs, lock, rate, src, triesPerThread, usPerTry }
  const source = `
    import { parentPort, workerData } from 'node:worker_threads'
    const { cells, clockUs, lock, owner, rate, src, triesPerThread, usPerTry } = workerData
    const { createBucket, takeFromBucket, ticksAt } = await import(src + 'limit/gcra.ts')
    const { giveLock, takeLock } = await import(src + 'slab/lock.ts')
    const bucket = createBucket(rate)
    // Nobody starts before all are there.
    Atomics.add(clockUs, 0, 1)
    while (Atomics.load(clockUs, 0) < ${threads}) {}
    let admitted = 0
    for (let tries = 0; tries < triesPerThread; tries++) {
      const nowUs = Atomics.add(clockUs, 0, usPerTry)
      takeLock(lock, 0, owner)
      if (takeFromBucket(cells, 0, bucket, ticksAt(nowUs)) === 0) admitted += 1
      giveLock(lock, 0)
    }
    parentPort.postMessage(admitted)`
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`)
  const counts = await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const worker = new Worker(url, { workerData: { ...workerData, owner: thread + 1 } })
      t.after(() => worker.terminate())
      return new Promise<number>((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
      })
    }),
  )
  const admitted = counts.reduce((sum, count) => sum + count, 0)
  const allowed = rate.burst + ((threads * triesPerThread * usPerTry) / 1e6) * rate.count
  assert.ok(
    Math.abs(admitted - allowed) <= allowed / 100,
    `admitted ${admitted}, allowed ${allowed}, by thread ${counts.join(', ')}`,
  )
})

/** The same promise in the other words of a token bucket: a level that is filled by time and emptied by requests. */
function countedBucket({ count, periodMs, burst }: { count: number; periodMs: number; burst: number }) {
  let level = burst
  let lastUs = 0
  const levelAt = (nowUs: number) => Math.min(burst, level + ((nowUs - lastUs) * count) / (periodMs * 1_000))
  return {
    levelAt,
    take(nowUs: number) {
      level = levelAt(nowUs) - 1
      lastUs = nowUs
    },
  }
}

test('what a bucket would say is what it says, at any time and fill', () => {
  const random = new Random(7)
  const cells = new Float64Array(1)
  for (let round = 0; round < 200; round++) {
    const bucket = createBucket({
      count: 1 + random.below(50),
      periodMs: 1 + random.below(5_000),
      burst: 1 + random.below(9),
    })
    let nowUs = 1e9 * (round + 1)
    cells[0] = 0
    for (let call = 0; call < 50; call++) {
      nowUs += random.below(200_000)
      const left = leftInBucket(cells, 0, bucket, ticksAt(nowUs))
      const expected = waitForBucket(cells, 0, bucket, ticksAt(nowUs))
      assert.equal(takeFromBucket(cells, 0, bucket, ticksAt(nowUs)), expected)
      assert.equal(left > 0, expected === 0, `${left} left, ${expected} to wait`)
    }
  }
})

test('what is left goes down by one with each request, and the time until the bucket is full up', () => {
  const cells = new Float64Array(1)
  const bucket = createBucket({ count: 10, periodMs: 1_000, burst: 3 })
  const read = () => [leftInBucket(cells, 0, bucket, ticksAt(5e6)), fullInUs(cells, 0, ticksAt(5e6))]
  const levels = [read()]
  for (let call = 0; call < 4; call++) {
    takeFromBucket(cells, 0, bucket, ticksAt(5e6))
    levels.push(read())
  }
  assert.deepEqual(levels, [
    [3, 0],
    [2, 100_000],
    [1, 200_000],
    [0, 300_000],
    [0, 300_000],
  ])
})
