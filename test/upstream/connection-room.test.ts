import assert from 'node:assert/strict'
import test from 'node:test'
import { ConnectionRoom } from '../../src/upstream/connection-room.ts'
import type { IdleConnection } from '../../src/upstream/connection-room.ts'

/** A room in which connections are told apart by name, and what was closed to make room, in order. */
function openRoom(limit: number) {
  const room = new ConnectionRoom(limit)
  const closed: string[] = []
  const open = (name: string): IdleConnection => {
    room.enter()
    const connection: IdleConnection = {
      olderIdle: undefined,
      newerIdle: undefined,
      destroy() {
        closed.push(name)
        room.wake(connection)
        room.leave()
      },
    }
    return connection
  }
  return { room, closed, open }
}

test('the connection that has been idle for longest gives way, one for each that opens', () => {
  const { room, closed, open } = openRoom(3)
  for (const name of ['a', 'b', 'c']) room.rest(open(name))
  assert.deepEqual([closed, room.open], [[], 3])
  open('d')
  assert.deepEqual([closed, room.open], [['a'], 3])
  open('e')
  assert.deepEqual([closed, room.open], [['a', 'b'], 3])
})

test('a connection that was used again is the last to give way, wherever it lay', () => {
  for (const used of ['a', 'b', 'c']) {
    const { room, closed, open } = openRoom(3)
    const connections = new Map(['a', 'b', 'c'].map((name) => [name, open(name)]))
    for (const connection of connections.values()) room.rest(connection)
    room.wake(connections.get(used)!)
    room.rest(connections.get(used)!)
    for (const name of ['d', 'e', 'f']) open(name)
    assert.deepEqual(closed, [...['a', 'b', 'c'].filter((name) => name !== used), used])
  }
})

test('nobody who is busy gives way: more are open than there is room for', () => {
  const { room, closed, open } = openRoom(2)
  const busy = ['a', 'b', 'c'].map((name) => open(name))
  assert.deepEqual([closed, room.open], [[], 3])
  room.rest(busy[0])
  open('d')
  assert.deepEqual([closed, room.open], [['a'], 3])
})

test('without a limit nothing ever gives way', () => {
  const { room, closed, open } = openRoom(Infinity)
  for (let count = 0; count < 1_000; count += 1) room.rest(open(String(count)))
  assert.deepEqual([closed, room.open], [[], 1_000])
})
