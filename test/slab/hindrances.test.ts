import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  countHindranceMoves,
  hinder,
  hindrance,
  readHindrances,
  recoveredUs,
  unhinder,
  zeroHindrances,
} from '../../src/slab/hindrances.ts'
import { createSlab } from '../../src/slab/slab.ts'

const slot = 3

function open() {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  return {
    slab,
    hinder: (why: (typeof hindrance)[keyof typeof hindrance]) => hinder(slab, slot, why),
    unhinder: (why: (typeof hindrance)[keyof typeof hindrance], nowUs: number) => unhinder(slab, slot, why, nowUs),
    moves: () => countHindranceMoves(slab),
  }
}

test('one reason does not lift another, and only who makes a difference is told so', () => {
  const { slab, ...endpoint } = open()
  assert.equal(endpoint.hinder(hindrance.unhealthy), true)
  assert.equal(endpoint.hinder(hindrance.unhealthy), false)
  assert.equal(endpoint.hinder(hindrance.ejected), true)
  assert.equal(endpoint.unhinder(hindrance.unhealthy, 5), true)
  assert.equal(endpoint.unhinder(hindrance.unhealthy, 6), false)
  assert.equal(readHindrances(slab, slot), hindrance.ejected)
  assert.equal(readHindrances(slab, slot + 1), 0)
})

test('it recovers when it is free of everything, and not before', () => {
  const { slab, ...endpoint } = open()
  endpoint.hinder(hindrance.unhealthy)
  endpoint.hinder(hindrance.tripped)
  endpoint.unhinder(hindrance.unhealthy, 5)
  assert.equal(recoveredUs(slab, slot), 0)
  endpoint.unhinder(hindrance.tripped, 7)
  assert.equal(recoveredUs(slab, slot), 7)
  endpoint.unhinder(hindrance.tripped, 9)
  assert.equal(recoveredUs(slab, slot), 7)
})

test('whatever changes moves the counter, and nothing else does', () => {
  const { slab, ...endpoint } = open()
  const seen = [endpoint.moves()]
  endpoint.hinder(hindrance.unhealthy)
  seen.push(endpoint.moves())
  endpoint.hinder(hindrance.unhealthy)
  assert.equal(endpoint.moves(), seen[1])
  endpoint.unhinder(hindrance.unhealthy, 1)
  seen.push(endpoint.moves())
  zeroHindrances(slab, slot)
  assert.equal(endpoint.moves(), seen[2])
  assert.equal(recoveredUs(slab, slot), 0)
  endpoint.hinder(hindrance.ejected)
  zeroHindrances(slab, slot)
  seen.push(endpoint.moves())
  assert.equal(readHindrances(slab, slot), 0)
  assert.equal(new Set(seen).size, 4)
})
