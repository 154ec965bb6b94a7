import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Arguments } from './arguments.ts'
import { Bench } from './bench.ts'
import { stopServers } from './children.ts'
import { competitors } from './competitors/index.ts'
import { describeMachine } from './machine.ts'
import { writeReport } from './report-file.ts'
import { renderResult } from './report.ts'
import type { NamedResult } from './report.ts'
import { findMissing } from './tools.ts'
import { trials } from './trials/index.ts'

/** Runs the trials that were asked for and writes down what came of them. False when something is missing in it. */
export async function compare(given: Arguments): Promise<boolean> {
  const missing = findMissing(['nginx', 'wrk'])
  if (missing !== undefined) throw new Error(missing)
  const folder = mkdtempSync(join(tmpdir(), 'mtlb-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const bench = new Bench({ ...given, folder, competitors: chosen(competitors, given.words) })
  try {
    const path = writeReport(await runTrials(bench, given))
    console.log(`all readings: ${path}`)
  } finally {
    await stopServers()
  }
  for (const failure of bench.failures) console.error(`bench: FAILED: ${failure}`)
  return bench.failures.length === 0
}

async function runTrials(bench: Bench, { words, rounds, seconds }: Arguments) {
  const startedAt = new Date().toISOString()
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, '')
  const machine = describeMachine()
  console.log(
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · '),
  )
  console.log(`$ ${command}\n`)

  const results: NamedResult[] = []
  const hasMtlb = bench.competitors.some(({ name }) => name === 'mtlb')
  for (const trial of chosen(trials, words)) {
    if (trial.isAboutMtlb === true && !hasMtlb) continue
    const { name, summary } = trial
    const result = { name, summary, ...(await trial.run(bench)) }
    console.log(`${renderResult(result)}\n`)
    results.push(result)
  }
  await checkLogs(bench)
  const described = bench.described()
  return {
    startedAt,
    command,
    rounds,
    seconds,
    machine,
    competitors: described,
    trials: results,
    failures: bench.failures,
  }
}

/** A figure without its log would flatter. */
async function checkLogs(bench: Bench): Promise<void> {
  for (const { name, running } of await bench.contenders()) {
    const dropped = running.readDroppedRecords?.() ?? 0
    if (dropped > 0) bench.fail(`${name} dropped ${dropped} records of its log`)
  }
}

/** Those that a word names; all when no word names one of them. */
function chosen<T extends { readonly name: string }>(all: readonly T[], words: readonly string[]): readonly T[] {
  const named = all.filter((one) => words.includes(one.name))
  return named.length > 0 ? named : all
}
