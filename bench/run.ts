/** `npm run bench [-- WORD …]`: words name competitors and trials; without any, all of them take part. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopServers } from './children.ts'
import { competitors } from './competitors/index.ts'
import type { Contender } from './measure.ts'
import { measureTrial } from './measure.ts'
import { startOrigin } from './origin.ts'
import { describeMachine, renderTrial, summarise } from './report.ts'
import { trials } from './trials.ts'
import { verify } from './verify.ts'

const rounds = 5
const words = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'mtlb-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

// Where Debian puts nginx, and an ordinary user does not look.
process.env.PATH += ':/usr/sbin'

const chosenCompetitors = chosen(competitors)
const chosenTrials = chosen(trials)
checkWords()
checkTools()
try {
  await compare()
} finally {
  await stopServers()
}

async function compare(): Promise<void> {
  const startedAt = new Date().toISOString()
  const machine = describeMachine(chosenCompetitors, readWrkVersion())
  const command = ['npm run bench', ...(words.length > 0 ? ['--', ...words] : [])].join(' ')
  console.log(
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · '),
  )
  console.log(`$ ${command}\n`)

  const contenders = await startContenders()
  const results = []
  for (const trial of chosenTrials) {
    const able = contenders.filter(({ competitor }) => competitor.hasKeys || trial.status === 200)
    const measurements = await measureTrial(trial, able, rounds)
    const figures = summarise(measurements)
    console.log(renderTrial(trial, rounds, figures))
    results.push({ trial, figures, measurements })
  }
  const dropped = readDroppedRecords(contenders)
  for (const [name, count] of Object.entries(dropped)) console.log(`${name} dropped ${count} records of its log`)
  writeResults(startedAt, { startedAt, command, machine, results, dropped })
}

async function startContenders(): Promise<Contender[]> {
  const originPort = await startOrigin(createFolder('origin'))
  const contenders: Contender[] = []
  for (const competitor of chosenCompetitors) {
    const running = await competitor.start(createFolder(competitor.name), originPort)
    await verify(competitor, running)
    contenders.push({ competitor, running })
  }
  return contenders
}

function readDroppedRecords(contenders: readonly Contender[]): Record<string, number> {
  const counts = contenders.map(({ competitor, running }) => [competitor.name, running.readDroppedRecords?.()])
  return Object.fromEntries(counts.filter(([, count]) => count !== undefined))
}

function createFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

function writeResults(startedAt: string, report: object): void {
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const path = join(results, `${startedAt.replaceAll(':', '-')}.json`)
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`)
  console.log(`all rounds: ${path}`)
}

/** Those that a word names; all when no word names one of them. */
function chosen<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  const named = all.filter((one) => words.includes(one.name))
  return named.length > 0 ? named : all
}

function checkWords(): void {
  const known = [...competitors, ...trials].map((one) => one.name)
  const unknown = words.filter((word) => !known.includes(word))
  if (unknown.length === 0) return
  console.error(`bench: no competitor or trial is called '${unknown[0]}'; there are: ${known.join(', ')}`)
  process.exit(2)
}

function checkTools(): void {
  const missing = ['nginx', 'wrk'].filter((tool) => spawnSync(tool, ['-v']).error !== undefined)
  if (missing.length === 0) return
  console.error(`bench: ${missing.join(' and ')} not found. On Debian: apt-get install ${missing.join(' ')}`)
  process.exit(1)
}

function readWrkVersion(): string {
  return spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout.split(' ')[1]
}
