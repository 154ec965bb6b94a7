import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsableEndpoints } from '../../src/proxy/usable-endpoints.ts'
import { hinder, hindrance, unhinder } from '../../src/slab/hindrances.ts'
import { createSlab } from '../../src/slab/slab.ts'

const slots = [4, 9, 6]

test('who is hindered may not be used, from the next look on, and may again afterwards', () => {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const usable = new UsableEndpoints(slab, slots)
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
