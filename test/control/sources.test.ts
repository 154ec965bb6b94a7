import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'node:test'
import { longestWaitMs, Sources } from '../../src/control/sources.ts'
import type { Finding } from '../../src/control/sources.ts'
import { fakeClock } from '../support/fake-clock.ts'

test('a source is looked at when it is first asked for, and again when its time is over', async () => {
  const { sources, world, clock, moves } = createSources()
  world.a = { values: ['1'], goodForMs: 5_000 }
  const source = sources.ask('a', 7)
  assert.deepEqual([source.values, source.isSettled], [undefined, false])
  await nextTurn()
  assert.deepEqual([source.values, source.isSettled, moves], [['1'], true, ['a changed for 7']])

  world.a = { values: ['1', '2'], goodForMs: 5_000 }
  clock.advance(4_999)
  sources.look()
  await nextTurn()
  assert.deepEqual(source.values, ['1'])
  clock.advance(1)
  sources.look()
  await nextTurn()
  assert.deepEqual([source.values, moves.length], [['1', '2'], 2])
})

test('a defect is a failure of its source alone', async () => {
  const { sources, world, moves } = createSources()
  world.b = { values: ['1'], goodForMs: 1_000 }
  const broken = sources.ask('broken', 7)
  sources.ask('b', 7)
  await nextTurn()
  assert.equal(broken.failure, 'a defect of mtlb: it breaks')
  assert.deepEqual(moves.toSorted(), ['b changed for 7', 'broken failed for 7'])
})

test('who asks for a source that is there already waits for nothing and is told as well', async () => {
  const { sources, world, clock, moves } = createSources()
  world.a = { values: ['1'], goodForMs: 1_000 }
  sources.ask('a', 7)
  await nextTurn()
  assert.equal(sources.ask('a', 8).isSettled, true)
  world.a = { values: ['2'], goodForMs: 1_000 }
  clock.advance(1_000)
  sources.look()
  await nextTurn()
  assert.deepEqual(moves, ['a changed for 7', 'a changed for 7,8'])
})

test('the same answer is no news', async () => {
  const { sources, world, clock, moves, looks } = createSources()
  world.a = { values: ['1'], goodForMs: 1_000 }
  sources.ask('a', 7)
  for (let time = 0; time < 5; time++) {
    await nextTurn()
    clock.advance(1_000)
    sources.look()
  }
  assert.deepEqual([moves.length, looks.length], [1, 6])
})

test('a source that fails keeps what it had, is told of at the second failure, and tries at growing intervals', async () => {
  const { sources, world, clock, moves, looks } = createSources()
  world.a = { values: ['1'], goodForMs: 1_000 }
  const source = sources.ask('a', 7)
  await nextTurn()
  world.a = { failure: 'no answer' }
  const dueIn: number[] = []
  for (let time = 0; time < 8; time++) {
    clock.advance((source.dueUs - clock.monotonicUs()) / 1_000)
    sources.look()
    await nextTurn()
    dueIn.push((source.dueUs - clock.monotonicUs()) / 1_000)
  }
  assert.deepEqual(dueIn, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  assert.deepEqual([source.values, source.failure, looks.length], [['1'], 'no answer', 9])
  assert.deepEqual(moves, ['a changed for 7', 'a failed for 7'])
  world.a = { values: ['1'], goodForMs: 1_000 }
  clock.advance(30_000)
  sources.look()
  await nextTurn()
  assert.deepEqual([source.failure, moves.at(-1)], ['', 'a recovered for 7'])
})

test('one failure between good answers is nobody’s news', async () => {
  const { sources, world, clock, moves } = createSources()
  for (const finding of [{ values: ['1'], goodForMs: 1_000 }, { failure: 'x' }, { values: ['1'], goodForMs: 1_000 }]) {
    world.a = finding
    sources.ask('a', 7)
    sources.look()
    await nextTurn()
    clock.advance(1_000)
  }
  assert.deepEqual(moves, ['a changed for 7'])
})

test('nobody waits long for a first answer', async () => {
  const { sources, clock, moves } = createSources()
  const source = sources.ask('silent', 7)
  clock.advance(longestWaitMs - 1)
  sources.look()
  assert.equal(source.isSettled, false)
  clock.advance(1)
  sources.look()
  assert.deepEqual([source.isSettled, moves], [true, ['silent failed for 7']])
})

test('a source goes with its last user, and an answer that comes later is dropped', async () => {
  const { sources, world, moves, dropped } = createSources()
  world.a = { values: ['1'], goodForMs: 1_000 }
  for (const user of [7, 8]) for (const key of ['a', 'b']) sources.ask(key, user)
  sources.keep(7, new Set(['b']))
  assert.deepEqual([sources.size, dropped], [2, []])
  sources.keep(8, new Set())
  assert.deepEqual([sources.size, dropped], [1, ['a']])
  await nextTurn()
  assert.deepEqual(moves, ['b failed for 7'])
})

test('only so many are looked at at once, and the others have their turn', async () => {
  const { sources, waiting, looks } = createSources({ isSlow: true })
  for (const key of ['a', 'b', 'c', 'd']) sources.ask(key, 7)
  assert.deepEqual(looks, ['a', 'b'])
  waiting.shift()?.()
  await nextTurn()
  sources.look()
  assert.deepEqual(looks, ['a', 'b', 'c'])
})

test('what changes while it is looked at is looked at once more', async () => {
  const { sources, world, waiting, looks } = createSources({ isSlow: true })
  world.a = { values: ['1'], goodForMs: 60_000 }
  sources.ask('a', 7)
  sources.hurry('a')
  sources.hurry('b')
  waiting.shift()?.()
  await nextTurn()
  sources.look()
  assert.deepEqual(looks, ['a', 'a'])
  waiting.shift()?.()
  await nextTurn()
  sources.look()
  assert.deepEqual(looks, ['a', 'a'])
  sources.hurry()
  assert.deepEqual(looks, ['a', 'a', 'a'])
})

function createSources({ isSlow = false } = {}) {
  const clock = fakeClock()
  const world: Record<string, Finding<string>> = {}
  const moves: string[] = []
  const looks: string[] = []
  const dropped: string[] = []
  const waiting: (() => void)[] = []
  const sources = new Sources<string>({
    clock,
    find: async (key) => {
      looks.push(key)
      if (key === 'silent') return new Promise(() => {})
      if (key === 'broken') throw new Error('it breaks')
      if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve))
      return world[key] ?? { failure: 'there is none' }
    },
    onMove: ({ key }, move, users) => moves.push(`${key} ${move} for ${[...users].join()}`),
    onDrop: (key) => dropped.push(key),
    mostRunning: 2,
    firstRetryMs: 1_000,
    longestRetryMs: 30_000,
  })
  return { sources, world, clock, moves, looks, dropped, waiting }
}
