import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { listLogDays, logFilePath } from '../../src/ledger/day.ts'
import { ledgerPath } from '../../src/ledger/ledger-file.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { openRecorder, tempFolder } from './start-recorder.ts'

test('a server that is killed loses at most its last moments, and its files are sound', async (t) => {
  const folder = tempFolder(t)
  for (let life = 0; life < 2; life++) {
    const pid = await runAndKill(t, folder)
    const numbers = [...queryLog(folder, {})].filter((line) => line.request_id.startsWith(`${pid}-`))
    assert.ok(numbers.length > 0)
    // No gap: what is missing is missing at the end.
    assert.deepEqual(
      numbers.map((line) => Number(line.request_id.split('-')[1])).toSorted((a, b) => a - b),
      Array.from({ length: numbers.length }, (_, i) => i),
    )
  }
  for (const path of [ledgerPath(folder), ...listLogDays(folder).map((day) => logFilePath(folder, day))]) {
    const database = new Database(path)
    assert.equal(database.pragma('integrity_check', { simple: true }), 'ok')
    database.close()
  }
  const lines = [...queryLog(folder, {})].length
  const { record, stop } = openRecorder(t, { folder, clock: { ...systemClock, advance: () => {} } })
  record()
  stop()
  assert.equal([...queryLog(folder, {})].length, lines + 1)
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].name, 'acme')
})

/** Runs a recorder until it has handed over 8,000 records, and kills it. Gives its process id. */
async function runAndKill(t: TestContext, folder: string): Promise<number> {
  const program = fileURLToPath(new URL('./doomed-recorder.ts', import.meta.url))
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  for await (const chunk of child.stdout) {
    if (Number(String(chunk).trim().split('\n').at(-1)) >= 8_000) break
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.pid ?? 0
}
