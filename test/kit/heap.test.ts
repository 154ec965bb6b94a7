import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Heap } from '../../src/kit/heap.ts'
import { Random } from '../../src/kit/random.ts'

test('items come out by their keys, and equal ones as they were added', () => {
  const random = new Random(3)
  const heap = new Heap<readonly [key: number, order: number]>()
  const inside: (readonly [number, number])[] = []
  for (let step = 0; step < 20_000; step++) {
    if (random.below(3) > 0) {
      const item = [random.below(50), step] as const
      heap.add(item, item[0])
      inside.push(item)
    } else {
      inside.sort(([aKey, aOrder], [bKey, bOrder]) => aKey - bKey || aOrder - bOrder)
      assert.equal(heap.peek(), inside[0])
      assert.equal(heap.take(), inside.shift())
    }
    assert.equal(heap.size, inside.length)
  }
})

test('of an empty one there is nothing to take', () => {
  const heap = new Heap<string>()
  assert.deepEqual([heap.peek(), heap.take(), heap.size], [undefined, undefined, 0])
  heap.add('one', 1)
  assert.deepEqual([heap.take(), heap.take()], ['one', undefined])
})
