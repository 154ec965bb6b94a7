import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IpRange } from '../../src/kit/ip.ts'
import { renderAddress } from '../../src/kit/ip.ts'
import { buildIpTable, findInIpTable } from '../../src/kit/ip-table.ts'
import { seededRandom } from '../support/seeded-random.ts'
import type { SeededRandom } from '../support/seeded-random.ts'

const calls = 1_000_000

for (const family of [4, 6] as const) {
  test(`among 100,000 random v${family} ranges a look-up takes at most 200 ns and allocates nothing`, () => {
    const random = seededRandom(family)
    const ranges = Array.from({ length: 100_000 }, () => createRange(family, random))
    const table = buildIpTable(ranges.map((range, value) => ({ range, value })))
    const addresses = Array.from({ length: 10_000 }, () => renderAddress(random.pick(ranges)))
    let found = 0
    let leastNs = Infinity
    let leastBytes = Infinity
    for (let round = 0; round < 10; round += 1) {
      const beforeBytes = process.memoryUsage().heapUsed
      const startUs = process.threadCpuUsage().user
      for (let call = 0; call < calls; call += 1) found += findInIpTable(table, addresses[call % 10_000]) === -1 ? 0 : 1
      leastNs = Math.min(leastNs, ((process.threadCpuUsage().user - startUs) * 1_000) / calls)
      leastBytes = Math.min(leastBytes, Math.abs(process.memoryUsage().heapUsed - beforeBytes))
    }
    assert.equal(found, 10 * calls)
    assert.ok(leastNs <= 200, `${leastNs.toFixed()} ns`)
    assert.ok(leastBytes < calls, `${leastBytes} bytes in ${calls} calls`)
  })
}

/** v4 from /8 to /32, v6 from /32 to /128 within 2001::/16. */
function createRange(family: 4 | 6, random: SeededRandom): IpRange {
  const bits = family === 4 ? 32 : 128
  const shortest = family === 4 ? 8 : 32
  const prefixLength = shortest + random.below(bits - shortest + 1)
  const words = Array.from({ length: bits / 32 }, (_, index) => {
    const word = random.below(2 ** 32)
    const kept = Math.min(32, Math.max(0, prefixLength - index * 32))
    const mask = kept === 0 ? 0 : -1 << (32 - kept)
    return ((family === 6 && index === 0 ? 0x20010000 | (word & 0xffff) : word) & mask) >>> 0
  })
  return { family, prefixLength, words }
}
