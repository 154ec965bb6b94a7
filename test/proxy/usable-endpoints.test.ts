import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member } from '../../src/proxy/choose-members.ts'
import { hinder, hindrance, unhinder } from '../../src/slab/hindrances.ts'
import { createUsable } from '../support/create-usable.ts'

const slots = [4, 9, 6]

test('who is hindered may not be used, from the next look on, and may again afterwards', () => {
  const { slab, usable } = createUsable({ slots })
  const look = () => {
    usable.refresh()
    return slots.map((_, index) => usable.mayUse(index))
  }
  assert.deepEqual(look(), [true, true, true])
  hinder(slab, 9, hindrance.unhealthy)
  assert.deepEqual(look(), [true, false, true])
  hinder(slab, 9, hindrance.ejected)
  hinder(slab, 4, hindrance.ejected)
  unhinder(slab, 9, hindrance.unhealthy, 1)
  assert.deepEqual(look(), [false, false, true])
  unhinder(slab, 9, hindrance.ejected, 2)
  unhinder(slab, 4, hindrance.ejected, 2)
  assert.deepEqual(look(), [true, true, true])
})

test('panic begins and ends once each', () => {
  const panics: boolean[] = []
  const { slab, usable } = createUsable({
    slots,
    rules: { spillBelowPercent: 70, panicBelowPercent: 50 },
    onPanic: (isPanic) => void panics.push(isPanic),
  })
  for (const slot of [4, 9]) hinder(slab, slot, hindrance.unhealthy)
  for (let look = 0; look < 3; look++) usable.refresh()
  assert.equal(usable.mayUse(0), true)
  unhinder(slab, 9, hindrance.unhealthy, 1)
  usable.refresh()
  assert.deepEqual(
    slots.map((_, index) => usable.mayUse(index)),
    [false, true, true],
  )
  assert.deepEqual(panics, [true, false])
})

test('a new zone of the node holds from the next look on', () => {
  let zone: string | undefined
  const { usable } = createUsable({
    slots: [4, 9],
    membersIn: (own) =>
      ['east', 'west'].map((name) => ({
        isOpen: true,
        isDraining: false,
        group: 0,
        isLocal: own === undefined || own === name,
      })),
    zone: () => zone,
  })
  const look = () => {
    usable.refresh()
    return [usable.mayUse(0), usable.mayUse(1)]
  }
  assert.deepEqual(look(), [true, true])
  zone = 'west'
  assert.deepEqual(look(), [false, true])
  zone = undefined
  assert.deepEqual(look(), [true, true])
})

test('who drains keeps those that are pinned to it while it is healthy', () => {
  const member: Member = { isOpen: false, isDraining: true, group: 0, isLocal: true }
  const { slab, usable } = createUsable({ slots: [4], membersIn: () => [member] })
  usable.refresh()
  assert.deepEqual([usable.mayUse(0), usable.mayKeep(0)], [false, true])
  hinder(slab, 4, hindrance.ejected)
  usable.refresh()
  assert.equal(usable.mayKeep(0), false)
})
