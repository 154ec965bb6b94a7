import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { test } from 'node:test'
import { createLog } from '../../src/kit/log.ts'

test('a line is JSON with time, level, thread name and code', () => {
  const { log, lines } = listen()
  log.warn({ code: 'thread_replaced', thread: 1 }, 'data thread 1 was replaced')
  assert.equal(lines.length, 1)
  const { time, pid, ...rest } = JSON.parse(lines[0])
  assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.equal(pid, process.pid)
  assert.deepEqual(rest, {
    level: 'warn',
    name: 'data-1',
    code: 'thread_replaced',
    thread: 1,
    msg: 'data thread 1 was replaced',
  })
})

for (const [level, expected] of [
  [undefined, ['info', 'error']],
  ['error', ['error']],
  ['DEBUG', ['debug', 'info', 'error']],
  ['silent', []],
  ['no such level', ['info', 'error']],
] as const) {
  test(`MTLB_LOG=${level} lets through ${expected.join(', ') || 'nothing'}`, (t) => {
    const before = process.env.MTLB_LOG
    t.after(() => setLevel(before))
    setLevel(level)
    const { log, lines } = listen()
    log.debug('d')
    log.info('i')
    log.error('e')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).level),
      expected,
    )
  })
}

test('a full disk below the log ends nothing', (t) => {
  const full = openSync('/dev/full', 'w')
  t.after(() => closeSync(full))
  const script = `
    import { createLog } from '${new URL('../../src/kit/log.ts', import.meta.url).href}'
    const log = createLog({ name: 'main' })
    for (let line = 0; line < 200; line += 1) log.error({ padding: 'x'.repeat(10_000) }, 'nobody reads this')
    setImmediate(() => console.log('alive'))`
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', full],
    encoding: 'utf8',
  })
  assert.deepEqual({ status, stdout }, { status: 0, stdout: 'alive\n' })
})

function listen() {
  const lines: string[] = []
  const log = createLog({ name: 'data-1', destination: { write: (line) => void lines.push(line) } })
  return { log, lines }
}

function setLevel(level: string | undefined) {
  if (level === undefined) delete process.env.MTLB_LOG
  else process.env.MTLB_LOG = level
}
