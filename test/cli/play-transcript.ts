import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { callCli } from '../support/run-cli.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startServer } from '../support/start-server.ts'
import { tempFolder } from '../support/temp-store.ts'
import type { Step, Transcript } from './transcript.ts'
import { normalise, splitWords } from './transcript.ts'

export interface PlayedStep extends Step {
  readonly actual: string
}

/** Gives every command of a session on a fresh data folder; with `@ server` a server follows, and `curl` asks it. */
export async function playTranscript(t: TestContext, transcript: Transcript): Promise<readonly PlayedStep[]> {
  const stage = transcript.directives.includes('server') ? await openServerStage(t) : openStage(t)
  const width = transcript.directives.find((line) => line.startsWith('terminal '))?.split(' ')[1]
  const terminal = width === undefined ? {} : { terminalWidth: Number(width) }
  const played: PlayedStep[] = []
  for (const step of transcript.steps) {
    const run = async () => unmap(stage, await playLine(stage, step.command, terminal))
    const actual = await (stage.isServed && isQuestion(step.command) ? repeat(run, step.expected) : run())
    played.push({ ...step, actual })
  }
  return played
}

interface Stage {
  readonly data: string
  readonly isServed: boolean
  /** What a session calls `127.0.0.1:8080` and so on, and the ports that stand behind that. */
  readonly ports: readonly (readonly [told: number, real: number])[]
  /** Of the session's shell. */
  readonly variables: Map<string, string>
}

function openStage(t: TestContext): Stage {
  return { data: tempFolder(t), isServed: false, ports: [], variables: new Map() }
}

async function openServerStage(t: TestContext): Promise<Stage> {
  const origin = await startOrigin(t, (_, response) => response.end('hello from acme\n'))
  const { folder, port } = await startServer(t, { version: '0.1.0' })
  const ports = [[8080, port] as const, [9001, origin.port] as const]
  return { data: folder, isServed: true, ports, variables: new Map() }
}

/** `KEY=$(mtlb …)`, `mtlb …` or `curl …`. */
async function playLine(stage: Stage, line: string, terminal: { terminalWidth?: number }): Promise<string> {
  const assignment = /^(\w+)=\$\((.*)\)$/.exec(line)
  const [program, ...argv] = splitWords(map(stage, assignment?.[2] ?? line))
  if (program === 'curl') return curl(argv)
  assert.equal(program, 'mtlb', line)
  const clock = stage.isServed ? { clock: systemClock } : {}
  const { code, stdout, stderr, screen } = await callCli(argv, { data: stage.data, ...clock, ...terminal })
  if (assignment !== null) stage.variables.set(assignment[1], stdout.trimEnd())
  return `${assignment === null ? screen : stderr}${code === 0 ? '' : `[exit ${code}]`}`
}

async function curl(argv: readonly string[]): Promise<string> {
  const headers = argv.flatMap((word, at) => (argv[at - 1] === '-H' ? [word.split(': ', 2)] : []))
  const url = new URL(argv.at(-1) ?? '')
  const { Host: host = url.host, ...rest } = Object.fromEntries<string>(headers.map(([name, value]) => [name, value]))
  const answer = await request(Number(url.port), { path: `${url.pathname}${url.search}`, host, headers: rest })
  return answer.body
}

/** Records and gauges arrive a moment later: asks again until the answer is the expected one, or gives the last. */
async function repeat(run: () => Promise<string>, expected: string): Promise<string> {
  let last = ''
  const isThere = async () => (last = await run()) === expected
  await eventually(isThere, 3_000).catch(() => undefined)
  return last
}

function isQuestion(command: string): boolean {
  return /^mtlb (logs|stats|status|usage|invoice)\b/.test(command)
}

function map({ ports, variables }: Stage, text: string): string {
  const spoken = text.replaceAll(/\$([A-Z]+)/g, (_, name: string) => variables.get(name) ?? '')
  return ports.reduce((line, [told, real]) => line.replaceAll(`127.0.0.1:${told}`, `127.0.0.1:${real}`), spoken)
}

function unmap({ data, ports }: Stage, text: string): string {
  const told = ports.reduce((line, [name, real]) => line.replaceAll(`127.0.0.1:${real}`, `127.0.0.1:${name}`), text)
  return normalise(told, data)
}
