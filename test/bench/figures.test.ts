import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, ratioOf, ratiosOf, spreadOf } from '../../bench/figures.ts'

const readings = [
  { name: 'mtlb', round: 1, us: 20 },
  { name: 'nginx', round: 1, us: 10 },
  { name: 'mtlb', round: 2, us: 60 },
  { name: 'nginx', round: 2, us: 50 },
  { name: 'mtlb', round: 3, us: 24 },
  { name: 'nginx', round: 3, us: 16 },
]
const us = (reading: { us: number }) => reading.us

test('the median is the middle value, or half-way between the two in the middle', () => {
  assert.equal(median([9, 1, 4]), 4)
  assert.equal(median([9, 1, 4, 6]), 5)
})

test('a spread is of one name alone', () => {
  assert.deepEqual(spreadOf(readings, 'nginx', us), { min: 10, median: 16, max: 50 })
  assert.equal(spreadOf(readings, 'haproxy', us), undefined)
})

test("a ratio is the median of the rounds' own ratios, so that a disturbed round does not count", () => {
  assert.equal(ratioOf(readings, { of: 'mtlb', to: 'nginx' }, us), 1.5)
})

test('there is no ratio to what was not measured', () => {
  assert.equal(ratioOf(readings, { of: 'mtlb', to: 'haproxy' }, us), undefined)
  assert.deepEqual(ratiosOf(readings, { of: 'mtlb', to: { a: 'nginx', b: 'haproxy' } }, us), { a: 1.5 })
})
