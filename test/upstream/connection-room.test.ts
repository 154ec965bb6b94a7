import assert from 'node:assert/strict'
import test from 'node:test'
import { ConnectionRoom } from '../../src/upstream/connection-room.ts'

test('room is made when there is none, before the next connection opens', () => {
  const room = new ConnectionRoom(2)
  let calls = 0
  room.onFull(() => {
    calls += 1
    room.leave()
  })
  room.enter()
  room.enter()
  assert.deepEqual([calls, room.open], [0, 2])
  room.enter()
  assert.deepEqual([calls, room.open], [1, 2])
})

test('without a limit nothing ever gives way', () => {
  const room = new ConnectionRoom(Infinity)
  room.onFull(() => assert.fail('made room'))
  for (let count = 0; count < 1_000; count += 1) room.enter()
  assert.equal(room.open, 1_000)
})
