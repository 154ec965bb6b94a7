import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { logFilePath } from '../../src/ledger/day.ts'
import { median } from '../figures.ts'
import { logTenantName, writeLogDay } from '../log-day.ts'
import { launcher } from '../launcher.ts'
import type { Trial, TrialResult } from '../trial.ts'

const records = 10_000_000
const tenants = 100
const pageLines = 100
const queriesPerRound = 5

/** How long an operator waits for the log. */
export const logs: Trial = {
  name: 'logs',
  summary:
    `\`mtlb logs --tenant … --since … -n ${pageLines}\`: the first page of a tenant's last hour, in a day of 10 million ` +
    `records of ${tenants} tenants; from the start of the process to its end, file out of the page cache or in it`,
  isAboutMtlb: true,
  async run(bench) {
    const folder = bench.createFolder('logs')
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
    const startedMs = performance.now()
    writeLogDay({ folder, startMs: Date.parse(day), records, tenants })
    const writingMs = performance.now() - startedMs
    const path = logFilePath(folder, day)
    const readings = Array.from({ length: bench.rounds * queriesPerRound }, (_, index) => {
      dropFromCache(path)
      const query = { folder, day, tenant: logTenantName((index * 37) % tenants) }
      return { coldMs: timeQuery(query), warmMs: timeQuery(query), startMs: timeCommand(['version'], folder).ms }
    })
    return judge(readings, { fileBytes: statSync(path).size, writingMs })
  },
}

interface Query {
  readonly folder: string
  readonly day: string
  readonly tenant: string
}

function timeQuery({ folder, day, tenant }: Query): number {
  const until = new Date(Date.parse(day) + 86_400_000).toISOString()
  const span = ['--since', `${day}T23:00:00Z`, '--until', until]
  const { ms, output } = timeCommand(['logs', '--tenant', tenant, ...span, '-n', String(pageLines), '--json'], folder)
  const lines = output.trimEnd().split('\n')
  assert.equal(lines.length, pageLines, 'mtlb logs prints a whole page')
  assert.equal(JSON.parse(lines[0]).tenant, tenant)
  return ms
}

function timeCommand(words: readonly string[], folder: string) {
  const startedMs = performance.now()
  const { status, stdout } = spawnSync(launcher, words, {
    encoding: 'utf8',
    env: { ...process.env, MTLB_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ms = performance.now() - startedMs
  assert.equal(status, 0, `mtlb ${words.join(' ')} ends with ${status}`)
  return { ms, output: stdout }
}

/** `dd` can tell the kernel to let go of a file's pages once they are written. */
function dropFromCache(path: string): void {
  const { status } = spawnSync('dd', [
    `of=${path}`,
    'oflag=nocache',
    'conv=notrunc,fdatasync',
    'count=0',
    'status=none',
  ])
  assert.equal(status, 0, 'dd drops a file from the page cache')
}

interface Reading {
  readonly coldMs: number
  readonly warmMs: number
  readonly startMs: number
}

function judge(
  readings: readonly Reading[],
  file: { readonly fileBytes: number; readonly writingMs: number },
): TrialResult {
  const coldMs = readings.map((reading) => reading.coldMs)
  const rows = [
    ['first page, file not cached', coldMs],
    ['first page, file cached', readings.map((reading) => reading.warmMs)],
    ['`mtlb version`: what starting takes of it', readings.map((reading) => reading.startMs)],
  ] as const
  const renderRow = ([name, values]: (typeof rows)[number]) => [
    name,
    ...[median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(0)),
  ]
  const { fileBytes, writingMs } = file
  return {
    table: [
      ['ms', 'median', 'min', 'max'],
      ...rows.map(renderRow),
      [`(file: ${(fileBytes / 1e6).toFixed(0)} MB, written in ${(writingMs / 1_000).toFixed(0)} s)`, '', '', ''],
    ],
    verdicts: [
      { what: 'first page, file not cached', value: median(coldMs), unit: 'ms', bound: 200, sense: 'at most' },
    ],
    ratios: {},
    readings: [...readings, file],
  }
}
