import assert from 'node:assert/strict'
import { test } from 'node:test'
import { followLog } from '../../src/ledger/follow-log.ts'
import type { LogFilter } from '../../src/ledger/log-query.ts'
import { openRecorder } from './start-recorder.ts'

/** Follows while each step happens between two looks; gives the request ids in the order they were shown. */
async function follow(folder: string, filter: LogFilter, steps: readonly (() => void)[]): Promise<string[]> {
  const left = [...steps]
  const wait = async () => {
    const step = left.shift()
    step?.()
    return step !== undefined
  }
  const seen: string[] = []
  for await (const { request_id } of followLog(folder, filter, wait)) seen.push(request_id)
  return seen
}

test('following shows the last lines, then every new one once', async (t) => {
  const { folder, record, run } = openRecorder(t)
  const write = (requestId: string) => () => {
    record({ requestId })
    run(250)
  }
  for (const id of ['a', 'b', 'c']) write(id)()
  assert.deepEqual(await follow(folder, { limit: 2 }, [write('d'), () => {}, write('e')]), ['b', 'c', 'd', 'e'])
  assert.deepEqual(await follow(folder, {}, [write('f')]), ['f'])
})

test('a follower that was away while its chunks were merged misses and repeats nothing', async (t) => {
  const { folder, record, run } = openRecorder(t)
  let next = 0
  const write = (count: number) => () => {
    for (let i = 0; i < count; i++) {
      record({ requestId: String(next++), tenantId: next % 2 === 0 ? 3 : 7 })
      run(250)
    }
  }
  const seen = await follow(folder, {}, [
    write(40),
    () => {
      write(40)()
      run(120_000)
      write(40)()
    },
    () => run(120_000),
    write(3),
  ])
  assert.deepEqual(
    seen.map(Number),
    Array.from({ length: 123 }, (_, i) => i),
  )
})

test('who is far behind catches up in steps', async (t) => {
  const { folder, record, run } = openRecorder(t)
  const seen = await follow(folder, { tenant: 'acme' }, [
    () => {
      for (let i = 0; i < 1_200; i++) {
        record({ requestId: String(i), tenantId: i % 3 === 0 ? 7 : 3 })
        run(250)
      }
    },
  ])
  assert.deepEqual(
    seen.map(Number),
    Array.from({ length: 1_200 }, (_, i) => i).filter((i) => i % 3 !== 0),
  )
})

test('following goes on after midnight, also with what began before it', async (t) => {
  const { folder, record, run, clock } = openRecorder(t)
  record({ requestId: 'early' })
  run(Date.UTC(2026, 10, 21) - clock.wallMs() - 1_000)
  const began = clock.wallMs()
  const seen = await follow(folder, {}, [
    () => {
      record({ requestId: 'evening' })
      run(2_000)
    },
    () => {
      record({ requestId: 'morning' })
      record({ requestId: 'long', timeMs: began })
      run(250)
    },
    () => {
      record({ requestId: 'noon' })
      run(250)
    },
  ])
  assert.deepEqual(seen, ['evening', 'long', 'morning', 'noon'])
})

test('a tenant whose first request is still to come can be followed', async (t) => {
  const { folder, recorder, record, run } = openRecorder(t)
  const seen = await follow(folder, { tenant: 'initech', limit: 10 }, [
    () => {
      record({ requestId: 'other' })
      run(250)
    },
    () => {
      const tenant = { id: 9, name: 'initech', slot: 9 }
      recorder.learn({ kind: 'owners', tenant, routes: [], endpoints: [], keys: [] })
      record({ requestId: 'first', tenantId: 9 })
      run(250)
    },
  ])
  assert.deepEqual(seen, ['first'])
})

test('only lines that pass the filter are shown', async (t) => {
  const { folder, record, run } = openRecorder(t)
  const seen = await follow(folder, { status: '5xx', path: '/v1' }, [
    () => {
      for (const status of [200, 500, 503]) record({ requestId: String(status), status })
      record({ requestId: 'elsewhere', status: 500, path: '/v2' })
      run(250)
    },
  ])
  assert.deepEqual(seen, ['500', '503'])
})
