import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTier, renderAmount, renderTier } from '../../src/kit/price.ts'
import { Random } from '../../src/kit/random.ts'
import { createLines, partsOfSpan, totalOf } from '../../src/ledger/invoice.ts'
import type { PriceVersion } from '../../src/ledger/invoice.ts'
import { createUsage } from '../../src/ledger/usage.ts'
import type { Usage } from '../../src/ledger/usage.ts'

const day = 86_400_000

function version(item: PriceVersion['item'], fromMs: number, ...tiers: string[]): PriceVersion {
  return { item, fromMs, tiers: tiers.map((text) => parseTier(text)!) }
}

function used(changes: Partial<Usage>): Usage {
  return { ...createUsage(), ...changes }
}

function render(lines: ReturnType<typeof createLines>): string[] {
  return lines.map(
    ({ item, startMs, quantity, tier, amount }) =>
      `${item} ${startMs / day} ${quantity} ${renderTier(tier)} ${renderAmount(amount, 2)}`,
  )
}

test('requests that were refused are not paid for', () => {
  const parts = [
    { startMs: 0, endMs: 30 * day, usage: used({ requests: 3_500_000, rejected: 500_000, bytesOut: 7e9 }) },
  ]
  const prices = [version('requests', 0, '0.40/1M'), version('bytes-out', 0, '0.09/1GB')]
  assert.deepEqual(render(createLines(parts, prices, 2)), [
    'requests 0 3000000 0.4/1M 1.20',
    'bytes-out 0 7000000000 0.09/1GB 0.63',
  ])
})

test('tiers count what was used of the month, over a change of prices', () => {
  const prices = [
    version('requests', 0, '1/1M', '10M:0.5/1M'),
    version('requests', 10 * day, '0.8/1M', '10M:0.4/1M', '20M:0.1/1M'),
  ]
  assert.deepEqual(partsOfSpan(prices, { startMs: 0, endMs: 30 * day }), [0, 10 * day, 30 * day])
  const parts = [
    { startMs: 0, endMs: 10 * day, usage: used({ requests: 12_000_000 }) },
    { startMs: 10 * day, endMs: 30 * day, usage: used({ requests: 20_000_000 }) },
  ]
  assert.deepEqual(render(createLines(parts, prices, 2)), [
    'requests 0 10000000 1/1M 10.00',
    'requests 0 2000000 10M:0.5/1M 1.00',
    'requests 10 8000000 10M:0.4/1M 3.20',
    'requests 10 12000000 20M:0.1/1M 1.20',
  ])
})

test('what was used before there was a price costs nothing, and counts for the tiers', () => {
  const prices = [version('requests', 10 * day, '1/1M', '10M:0.5/1M')]
  const parts = [
    { startMs: 0, endMs: 10 * day, usage: used({ requests: 10_000_000 }) },
    { startMs: 10 * day, endMs: 30 * day, usage: used({ requests: 1_000_000 }) },
  ]
  assert.deepEqual(render(createLines(parts, prices, 2)), ['requests 10 1000000 10M:0.5/1M 0.50'])
})

test('amounts are rounded half up to what the currency can pay', () => {
  const amounts = (requests: number, digits: number) =>
    createLines([{ startMs: 0, endMs: day, usage: used({ requests }) }], [version('requests', 0, '0.01/1')], digits)
      .map(({ amount }) => renderAmount(amount, digits))
      .join()
  assert.deepEqual(
    [amounts(1, 2), amounts(149, 0), amounts(150, 0), amounts(49, 0), amounts(1, 3)],
    ['0.01', '1', '2', '0', '0.010'],
  )
  const eighth = createLines(
    [{ startMs: 0, endMs: day, usage: used({ requests: 1 }) }],
    [version('requests', 0, '0.005/1')],
    2,
  )
  assert.equal(renderAmount(eighth[0].amount, 2), '0.01')
})

test('lines add up to all that was used, and the total to the lines, at random', () => {
  const random = new Random(5)
  for (let round = 0; round < 200; round++) {
    const tiers = ['0.4/1M', `${1 + random.below(9)}M:0.3/1M`, `${10 + random.below(90)}M:0.123456789/1M`]
    const prices = Array.from({ length: 1 + random.below(3) }, () =>
      version('requests', random.below(30) * day, ...tiers),
    )
    const bounds = partsOfSpan([version('requests', 0, '1/1'), ...prices], { startMs: 0, endMs: 31 * day })
    const parts = bounds.slice(0, -1).map((startMs, index) => {
      return { startMs, endMs: bounds[index + 1], usage: used({ requests: random.below(60_000_000) }) }
    })
    const lines = createLines(parts, [version('requests', 0, '0.7/1k'), ...prices], 2)
    assert.equal(
      lines.reduce((sum, { quantity }) => sum + quantity, 0),
      parts.reduce((sum, { usage }) => sum + usage.requests, 0),
    )
    assert.equal(
      totalOf(lines),
      lines.reduce((sum, { amount }) => sum + amount, 0n),
    )
    // Half a cent a line at most lies between what is paid and the exact cost.
    for (const { amount, exact } of lines) {
      const cents = Number(exact.nanos) / exact.per / 1e7
      assert.ok(Math.abs(Number(amount) - cents) <= 0.5 + 1e-6 * cents, `${amount} of ${cents}`)
    }
  }
})
