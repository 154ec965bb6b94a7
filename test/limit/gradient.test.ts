import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../src/kit/random.ts'
import { GradientLimit } from '../../src/limit/gradient.ts'

/** What an origin takes at once, and what an answer takes as long as no more are under way. */
interface Origin {
  readonly places: number
  readonly ms: number
}

/** Rounds of a quarter of a second against an origin that makes wait who is too many; the limit after each. */
function play(
  { seconds, demand = 1_000, most = 10_000 }: { seconds: number; demand?: number; most?: number },
  originAt: (second: number) => Origin,
) {
  const random = new Random(7)
  const gradient = new GradientLimit({ first: 20, least: 2, most })
  return Array.from({ length: seconds * 4 }, (_, round) => {
    const { places, ms } = originAt(round / 4)
    const underWay = Math.min(gradient.limit, demand)
    const noise = 0.95 + random.fraction() / 10
    const meanUs = ms * 1_000 * Math.max(1, underWay / places) * noise
    gradient.observe({ meanUs, isFull: underWay >= gradient.limit * 0.8 })
    return gradient.limit
  })
}

/** Limits outside of probes, from one second to another. */
function between(limits: readonly number[], from: number, to: number): readonly number[] {
  const part = limits.slice(from * 4, to * 4)
  const highest = Math.max(...part)
  return part.filter((limit) => limit > highest * 0.6)
}

for (const places of [2, 8, 30, 100, 400]) {
  test(`it comes to what an origin of ${places} places takes, and a little more`, () => {
    const limits = between(
      play({ seconds: 60 }, () => ({ places, ms: 20 })),
      40,
      60,
    )
    assert.ok(Math.min(...limits) >= places, `at least ${Math.min(...limits)}`)
    assert.ok(Math.max(...limits) <= places * 1.6 + 4, `at most ${Math.max(...limits)}`)
  })
}

test('it follows an origin that loses places and gets more', () => {
  const limits = play({ seconds: 120 }, (second) => ({ places: second < 40 ? 8 : second < 80 ? 4 : 32, ms: 20 }))
  assert.ok(Math.max(...between(limits, 50, 80)) <= 9)
  assert.ok(Math.min(...between(limits, 110, 120)) >= 32)
})

test('an origin that gets slower for another reason is not sent less for long', () => {
  const limits = play({ seconds: 60 }, (second) => ({ places: 8, ms: second < 30 ? 20 : 60 }))
  assert.ok(Math.min(...between(limits, 40, 60)) >= 8)
})

test('who asks for little learns nothing of the limit, and it stays', () => {
  assert.deepEqual(new Set(play({ seconds: 20, demand: 4 }, () => ({ places: 8, ms: 20 }))), new Set([20]))
})

test('it keeps to its bounds', () => {
  const bounded = play({ seconds: 60, most: 5 }, () => ({ places: 100, ms: 20 }))
  assert.ok(Math.max(...bounded) <= 5 && Math.min(...bounded) >= 2)
  assert.ok(Math.min(...play({ seconds: 60 }, () => ({ places: 1, ms: 20 }))) >= 2)
})

test('it is probed for a second in eleven, and for no more', () => {
  const limits = play({ seconds: 100 }, () => ({ places: 100, ms: 20 })).slice(160)
  const highest = Math.max(...limits)
  const probed = limits.filter((limit) => limit < highest * 0.6).length
  assert.ok(probed > 0 && probed <= limits.length / 10, `${probed} of ${limits.length}`)
})
