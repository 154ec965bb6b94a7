import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { run } from '../../src/cli/run.ts'
import type { Prompts } from '../../src/cli/prompts.ts'
import type { Output } from '../../src/cli/surroundings.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { fakeClock } from './fake-clock.ts'

export interface CliResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  /** The data folder. */
  readonly data: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

/** The command line as a process of its own, from the sources, with the runtime of the tests. */
export async function runCli(argv: readonly string[], options: CliOptions): Promise<CliResult> {
  const child = startCli(argv, options)
  child.stdin.end(options.stdin ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** The same process while it runs; whoever starts it ends it. */
export function startCli(argv: readonly string[], { data, env = {} }: CliOptions): ChildProcessWithoutNullStreams {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...argv], {
    env: { PATH, NODE_COMPILE_CACHE, HOME: data, MTLB_DATA: data, SUDO_USER: 'ada', ...env },
  })
}

export interface CallOptions {
  readonly data: string
  readonly env?: Readonly<Record<string, string>>
  readonly clock?: Clock
  /** Columns; without them stdout is a pipe. */
  readonly terminalWidth?: number
  /** Answers to questions; without them nobody can be asked. */
  readonly prompts?: Prompts
}

export interface CallResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Both, as a terminal shows them. */
  readonly screen: string
}

/** The command line within this process: no start-up, and with a clock that stands. */
export async function callCli(argv: readonly string[], options: CallOptions): Promise<CallResult> {
  const { data, env = {}, clock = fakeClock(), terminalWidth, prompts } = options
  const written = { stdout: '', stderr: '', screen: '' }
  const output = (name: 'stdout' | 'stderr'): Output => ({
    isTerminal: terminalWidth !== undefined,
    width: terminalWidth ?? 80,
    write: (text) => {
      written[name] += text
      written.screen += text
    },
  })
  const code = await run(argv, {
    env: { HOME: data, MTLB_DATA: data, SUDO_USER: 'ada', NO_COLOR: '1', ...env },
    out: output('stdout'),
    err: output('stderr'),
    clock,
    prompts: prompts ?? nobody,
    isInteractive: prompts !== undefined,
    endOnInterrupt: () => () => {},
  })
  return { code, ...written }
}

const refuse = () => Promise.reject(new Error('nobody can be asked here'))
const nobody: Prompts = { text: refuse, choice: refuse, confirm: refuse }
