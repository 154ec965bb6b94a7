import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { IpRange } from '../../src/kit/ip.ts'
import { parseRange, renderAddress } from '../../src/kit/ip.ts'
import type { IpTableEntry } from '../../src/kit/ip-table.ts'
import { buildIpTable, findInIpTable } from '../../src/kit/ip-table.ts'

const cases: readonly (readonly [name: string, ranges: readonly string[], finds: Record<string, number>])[] = [
  ['an empty table finds nothing', [], { '192.0.2.1': -1, '::1': -1 }],
  ['what is no address is not found', ['0.0.0.0/0', '::/0'], { '': -1, 'a.b.c.d': -1, '1.2.3.4/8': -1 }],
  [
    'the longest match wins, whatever the order',
    ['192.0.2.0/24', '192.0.0.0/16', '192.0.2.128/25', '192.0.2.129'],
    { '192.0.2.1': 0, '192.0.3.1': 1, '192.0.2.130': 2, '192.0.2.129': 3, '192.1.0.0': -1 },
  ],
  ['the later of two equal ranges counts', ['10.0.0.0/8', '10.0.0.0/8'], { '10.1.2.3': 1 }],
  ['families are apart', ['0.0.0.0/0', '::/0'], { '1.2.3.4': 0, '102:304::': 1 }],
  ['a mapped address is its v4 address', ['10.0.0.0/8', '::/0'], { '::ffff:10.0.0.1': 0, '::ffff:11.0.0.1': -1 }],
  [
    'v6 ranges nest across words',
    ['2001:db8::/32', '2001:db8::/64', '2001:db8:0:0:8000::/65', '2001:db8::1'],
    { '2001:db8:1::': 0, '2001:db8::2': 1, '2001:db8:0:0:8000::1': 2, '2001:db8::1': 3, '2001:db9::': -1 },
  ],
]

for (const [name, ranges, finds] of cases) {
  test(name, () => {
    const table = buildIpTable(ranges.map((range, value) => ({ range: parseRange(range)!, value })))
    for (const [address, value] of Object.entries(finds)) assert.equal(findInIpTable(table, address), value, address)
  })
}

for (const family of [4, 6] as const) {
  test(`a v${family} table agrees with looking at every range`, () => {
    for (let round = 0; round < 30; round += 1) {
      const entries = Array.from({ length: round * 20 }, (_, value) => ({
        range: randomRange(family, round % 2 === 0 ? 12 : 32),
        value,
      }))
      const table = buildIpTable(entries)
      for (let call = 0; call < 500; call += 1) {
        const words = randomRange(family, family === 4 ? 32 : 128).words
        assert.equal(findInIpTable(table, renderAddress({ family, words })), longestMatch(entries, words))
      }
    }
  })
}

test('a large table of both families finds every range by its own base', () => {
  const entries = Array.from({ length: 20_000 }, (_, value) => {
    const words = value % 2 === 0 ? [(value * 0x10001) >>> 0] : [0x20010db8, (value * 0x3001) >>> 0, 0, 0]
    return {
      range: {
        family: words.length === 1 ? (4 as const) : (6 as const),
        words,
        prefixLength: words.length === 1 ? 32 : 64,
      },
      value,
    }
  })
  const wide = ['0.0.0.0/0', '::/0'].map((range) => ({ range: parseRange(range)!, value: 99_999 }))
  const table = buildIpTable([...entries, ...wide])
  for (const { range, value } of entries) assert.equal(findInIpTable(table, renderAddress(range)), value)
  assert.equal(findInIpTable(table, '255.255.255.255'), 99_999)
  assert.equal(findInIpTable(table, '3000::'), 99_999)
})

test('another thread looks up in a copy', async (t) => {
  const table = buildIpTable([{ range: parseRange('10.0.0.0/8')!, value: 7 }])
  const source = `
    import { parentPort, workerData } from 'node:worker_threads'
    const { findInIpTable } = await import(workerData.module)
    parentPort.postMessage(findInIpTable(workerData.table, '10.1.2.3'))`
  const workerData = { table, module: new URL('../../src/kit/ip-table.ts', import.meta.url).href }
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData })
  t.after(() => worker.terminate())
  assert.equal(await new Promise((resolve) => worker.once('message', resolve)), 7)
})

/** Few different bits, so that ranges nest, touch and coincide. */
function randomRange(family: 4 | 6, longest: number): IpRange {
  const bits = family === 4 ? 32 : 128
  const prefixLength = Math.min(bits, Math.floor(Math.random() * (longest + 1)) + (bits === 128 ? 26 : 0))
  const word = () => (Math.random() < 0.5 ? 0 : 0xffffffff) ^ (Math.random() * 2 ** 32 * (Math.random() < 0.3 ? 1 : 0))
  const words = Array.from({ length: bits / 32 }, () => word() >>> 0)
  return { family, prefixLength, words: words.map((each, index) => cut(each, prefixLength - index * 32)) }
}

function cut(word: number, kept: number): number {
  if (kept >= 32) return word
  return kept <= 0 ? 0 : (word & (-1 << (32 - kept))) >>> 0
}

function longestMatch(entries: readonly IpTableEntry[], words: readonly number[]): number {
  let best = -1
  let bestLength = -1
  for (const { range, value } of entries) {
    const holds = range.words.every((word, index) => word === cut(words[index], range.prefixLength - index * 32))
    if (holds && range.prefixLength >= bestLength) {
      best = value
      bestLength = range.prefixLength
    }
  }
  return best
}
