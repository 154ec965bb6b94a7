import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBytes, parseDuration, parseRate, renderBytes, renderDuration, renderRate } from '../../src/kit/units.ts'

const durations: readonly (readonly [text: string, ms: number | undefined, canonical?: string])[] = [
  ['15m', 900_000],
  ['250ms', 250],
  ['90s', 90_000],
  ['1.5s', 1_500, '1500ms'],
  ['24h', 86_400_000, '1d'],
  ['1w', 604_800_000],
  ['0', 0, '0ms'],
  ['0.5ms', undefined],
  ['15', undefined],
  ['m', undefined],
  ['-1s', undefined],
  ['1 s', undefined],
  ['1y', undefined],
  ['99999999999999w', undefined],
]

for (const [text, ms, canonical = text] of durations) {
  test(`the duration "${text}" is ${ms ?? 'refused'}`, () => {
    assert.equal(parseDuration(text), ms)
    if (ms !== undefined) assert.equal(renderDuration(ms), canonical)
  })
}

const sizes: readonly (readonly [text: string, bytes: number | undefined, canonical?: string])[] = [
  ['10MB', 10_000_000],
  ['10mb', 10_000_000, '10MB'],
  ['1.1GB', 1_100_000_000, '1100MB'],
  ['64KiB', 65_536],
  ['4096', 4_096, '4KiB'],
  ['1001', 1_001, '1001B'],
  ['0', 0, '0B'],
  ['0.5B', undefined],
  ['10XB', undefined],
  ['', undefined],
]

for (const [text, bytes, canonical = text] of sizes) {
  test(`the size "${text}" is ${bytes ?? 'refused'}`, () => {
    assert.equal(parseBytes(text), bytes)
    if (bytes !== undefined) assert.equal(renderBytes(bytes), canonical)
  })
}

const rates: readonly (readonly [text: string, count?: number, periodMs?: number, canonical?: string])[] = [
  ['100/s', 100, 1_000],
  ['6000/m', 6_000, 60_000],
  ['5/10s', 5, 10_000],
  ['1/1s', 1, 1_000, '1/s'],
  ['1/12h', 1, 43_200_000],
  ['0/s'],
  ['1/0s'],
  ['100'],
  ['100/'],
  ['/s'],
  ['-1/s'],
  ['1.5/s'],
]

for (const [text, count, periodMs, canonical = text] of rates) {
  test(`the rate "${text}" is ${count === undefined ? 'refused' : `${count} in ${periodMs} ms`}`, () => {
    const rate = parseRate(text)
    assert.deepEqual(rate, count === undefined ? undefined : { count, periodMs })
    if (rate !== undefined) assert.equal(renderRate(rate), canonical)
  })
}
