import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createGrantWriter, QuotaFile } from '../../src/limit/quota-file.ts'
import { chargeQuota, leftOfQuota, readQuota } from '../../src/limit/quota.ts'
import type { QuotaRuntime } from '../../src/limit/quota.ts'
import { quotaWords } from '../../src/slab/layout.ts'
import { tempFolder } from '../support/temp-store.ts'

const nowMs = Date.parse('2026-11-30T12:00Z')
const [first, second] = ['7/tenant/requests/day', '7/key:ci/requests/day']

function open(path: string) {
  const cells = new Float64Array(64 * quotaWords)
  const file = new QuotaFile(path, cells)
  const troubles: unknown[] = []
  const writer = createGrantWriter(file.fd, (error) => troubles.push(error))
  const runtimeOf = (index: number): QuotaRuntime => {
    const rest = { period: 'day', timeZone: 'UTC', lock: 0, startMs: 0, endMs: 0 } as const
    return { index, name: '', unit: 'requests', amount: 1_000, ...rest }
  }
  return {
    file,
    cells,
    troubles,
    use: (name: string, units: number, timeMs = nowMs) => {
      const quota = runtimeOf(file.take(name))
      for (let count = 0; count < units; count++) chargeQuota(cells, quota, { units: 1, nowMs: timeMs, writer })
    },
    left: (name: string, timeMs = nowMs) => leftOfQuota(cells, runtimeOf(file.take(name)), timeMs),
  }
}

function tempPath(t: TestContext): string {
  return join(tempFolder(t), 'quotas')
}

test('what was used is there again after a proper end, to the unit', (t) => {
  const path = tempPath(t)
  const before = open(path)
  before.use(first, 300)
  before.use(second, 1)
  before.file.close(nowMs)
  const after = open(path)
  assert.deepEqual([after.left(second), after.left(first), after.left('8/tenant/requests/day')], [999, 700, 1_000])
})

test('after a kill at least as much counts as used as was used', (t) => {
  const path = tempPath(t)
  const before = open(path)
  before.use(first, 300)
  const after = open(path)
  const left = after.left(first)
  assert.ok(left <= 700 && left >= 400, String(left))
})

test('each quota keeps its place, and none has the place of another', (t) => {
  const { file } = open(tempPath(t))
  const places = Array.from({ length: 50 }, (_, at) => file.take(`${at}`))
  assert.equal(new Set(places).size, 50)
  assert.ok(!places.includes(0), 'the head of the file')
  assert.deepEqual(
    Array.from({ length: 50 }, (_, at) => file.take(`${at}`)),
    places,
  )
})

test('balances of windows that are long over make room', (t) => {
  const path = tempPath(t)
  const before = open(path)
  before.use(first, 5)
  before.use(second, 5, nowMs - 63 * 86_400_000)
  before.file.close(nowMs)
  assert.equal(readFileSync(path).length, 64)
  assert.equal(open(path).left(first), 995)
})

test('a file that is none of ours is put aside, and quotas begin anew', (t) => {
  const path = tempPath(t)
  writeFileSync(path, 'x'.repeat(100))
  const { file, left } = open(path)
  assert.equal(left(first), 1_000)
  assert.equal(readFileSync(file.setAside!, 'latin1'), 'x'.repeat(100))
})

test('a record that a power cut left half is no balance', (t) => {
  const path = tempPath(t)
  const before = open(path)
  before.use(first, 5)
  before.file.close(nowMs)
  writeFileSync(path, readFileSync(path).subarray(0, 50))
  assert.equal(open(path).left(first), 1_000)
  assert.ok(existsSync(path))
})

test('a disk that takes nothing refuses nobody and is named once', (t) => {
  const path = tempPath(t)
  const { cells } = open(path)
  const troubles: unknown[] = []
  const writer = createGrantWriter(-1, (error) => troubles.push(error))
  const quota = { index: 1, name: '', unit: 'requests', amount: 9, period: 'day', timeZone: 'UTC', lock: 0 } as const
  for (let count = 0; count < 5; count++) {
    chargeQuota(cells, { ...quota, startMs: 0, endMs: 0 }, { units: 1, nowMs, writer })
  }
  assert.equal(readQuota(cells, 1).used, 5)
  assert.equal(troubles.length, 1)
})
