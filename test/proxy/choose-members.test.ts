import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseMembers } from '../../src/proxy/choose-members.ts'
import type { Member } from '../../src/proxy/choose-members.ts'

/**
 * One member a word: its group, `l` for local, and `-` for unhealthy, `x` for one that is not open. The answer has a `1` for
 * each that is used, and a `!` in panic.
 */
const cases: readonly [pool: string, expected: string, rules?: { spill?: number; panic?: number }][] = [
  ['0l 0l 0l', '111'],
  ['0l 0l- 0l', '101'],
  ['0l- 0l- 0l-', '000'],
  ['', ''],
  // Draining and disabled.
  ['0lx 0l', '01'],
  ['0lx 0l-', '00'],
  // Groups: the first that has anybody.
  ['0l 1l 16l', '100'],
  ['0l- 1l 16l', '010'],
  ['0lx 1l- 16l', '001'],
  ['0l- 0l 1l', '010'],
  // Zones: local ones, while enough of them are healthy.
  ['0l 0l 0 0', '1100'],
  ['0l 0l 0l 0l- 0', '11100', { spill: 70 }],
  ['0l 0l 0l- 0', '1101', { spill: 70 }],
  ['0l 0l- 0', '100', { spill: 50 }],
  ['0l- 0l- 0 0', '0011', { spill: 0 }],
  ['0 0-', '10'],
  // Those of another group do not count for a zone.
  ['0l 0 1l- 1l-', '1000'],
  // Panic: of all that are open, in whichever group.
  ['0l- 0l- 0l', '111!', { panic: 50 }],
  ['0l- 0l', '01', { panic: 50 }],
  ['0l- 0l- 0lx', '110!', { panic: 1 }],
  ['0l- 16l- 16l', '111!', { panic: 50 }],
  ['0lx', '0', { panic: 50 }],
]

for (const [pool, expected, { spill = 70, panic = 0 } = {}] of cases) {
  test(`of ${pool || 'nobody'}, with ${spill}/${panic}, ${expected || 'nobody'} is used`, () => {
    const words = pool.split(' ').filter((word) => word !== '')
    const isUsable = new Uint8Array(words.length).fill(7)
    const isHealthy = Uint8Array.from(words, (word) => Number(!word.includes('-')))
    const rules = { spillBelowPercent: spill, panicBelowPercent: panic }
    const isPanic = chooseMembers(words.map(parse), { isHealthy, isUsable }, rules)
    assert.equal(isUsable.join('') + (isPanic ? '!' : ''), expected)
  })
}

function parse(word: string): Member {
  const isOpen = !word.includes('x')
  return { isOpen, isDraining: false, group: Number.parseInt(word, 10), isLocal: word.includes('l') }
}
