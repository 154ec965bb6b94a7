import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Measurement } from '../../bench/measure.ts'
import { renderPage } from '../../bench/render-page.ts'
import { judgeLoad } from '../../bench/trials/load-trial.ts'
import type { Budget } from '../../bench/trials/load-trial.ts'
import { isMet, renderVerdict } from '../../bench/verdict.ts'

const budgets: readonly Budget[] = [
  { figure: 'cpu', against: 'nginx', sense: 'at most', ratio: 1.25 },
  { figure: 'dataCpu', against: 'nginx', sense: 'at most', ratio: 1.15 },
  { figure: 'throughput', against: 'nginx', sense: 'at least', ratio: 0.7 },
  { figure: 'cpu', against: 'haproxy', sense: 'at most', ratio: 1.3 },
]

test('budgets are judged against each peer that was measured', () => {
  const { verdicts, ratios } = judgeLoad(example(), budgets)
  assert.deepEqual(verdicts.map(renderVerdict), [
    'MISSED: CPU per request, mtlb : nginx is 1.40, at most 1.25',
    'met: CPU per request, data threads alone, mtlb : nginx is 1.10, at most 1.15',
    'MISSED: throughput, mtlb : nginx is 0.50, at least 0.7',
  ])
  assert.deepEqual(ratios, { nginx: 1.4 })
})

test('a budget is met up to its bound', () => {
  const verdict = { what: 'start-up', unit: 's', bound: 3, value: 3 } as const
  assert.equal(isMet({ ...verdict, sense: 'at most' }), true)
  assert.equal(isMet({ ...verdict, sense: 'at least' }), true)
  assert.equal(isMet({ ...verdict, value: 3.01, sense: 'at most' }), false)
})

test('data threads have a row of their own, and only where there are any', () => {
  const { table } = judgeLoad(example(), budgets)
  assert.deepEqual(
    table.map(([name]) => name),
    ['', 'mtlb', 'mtlb, data threads', 'nginx'],
  )
  assert.deepEqual(table[3].slice(0, 6), ['nginx', '10.0', '10.0', '10.0', '1.40', '≤ 1.25'])
})

test('the page says what was missed, what mtlb loses, and what is missing', () => {
  const page = renderPage([report('get', ['http-proxy is left out: it does not start'])])
  assert.match(page, /\| get +\| CPU per request, mtlb : nginx +\| 1\.40 +\| 1\.25 +\| \*\*missed\*\* +\|/)
  assert.match(page, /\| get +\| \*\*1\.40\*\* +\|/)
  assert.match(page, /- http-proxy is left out/)
  assert.match(page, /`npm run bench -- get`/)
})

test('reports are joined by trial, and the last one counts', () => {
  const later = report('get', [])
  const page = renderPage([
    report('get', []),
    report('large', []),
    { ...later, trials: [{ ...later.trials[0], summary: 'newer' }] },
  ])
  assert.equal(page.match(/^## get$/gm)?.length, 1)
  assert.match(page, /## get\n\nNewer\./)
  assert.match(page, /^## large$/m)
})

function report(trial: string, failures: readonly string[]) {
  return {
    startedAt: '2026-11-25T05:03:24.362Z',
    command: `npm run bench -- ${trial}`,
    rounds: 2,
    seconds: 2,
    machine: { machine: 'a machine' },
    competitors: [{ name: 'nginx', summary: 'relays', version: 'nginx/1.22.1' }],
    trials: [{ name: trial, summary: 'small GET', ...judgeLoad(example(), budgets) }],
    failures,
  }
}

function example(): Measurement[] {
  return [1, 2].flatMap((round) => [
    measure('mtlb', round, { cpuUsPerRequest: 14, dataCpuUsPerRequest: 11, requestsPerSecond: 10_000 }),
    measure('nginx', round, { cpuUsPerRequest: 10, requestsPerSecond: 20_000 }),
  ])
}

function measure(name: string, round: number, differences: Partial<Measurement>): Measurement {
  return {
    name,
    round,
    cpuUsPerRequest: 10,
    dataCpuUsPerRequest: 0,
    requests: 20_000,
    requestsPerSecond: 10_000,
    p50Ms: 1,
    p99Ms: 5,
    residentBytes: 100 * 2 ** 20,
    ...differences,
  }
}
