import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

export interface Ended {
  /** Exit code 0. */
  readonly isGood: boolean
  /** `exit code 3`, `killed by SIGKILL`. */
  readonly how: string
  /** Of its standard output as much as is kept, and whether that is not all. */
  readonly output: string
  readonly isCut: boolean
  /** The beginning of its standard error. */
  readonly errors: string
}

export interface RunningCommand {
  /** Rejects where the shell itself cannot be started. */
  readonly whenEnded: Promise<Ended>
  /** Kills it and whatever it has started. */
  end(): void
}

export interface CommandPlan {
  readonly environment: Readonly<Record<string, string>>
  /** Of its standard output, so much is kept. */
  readonly mostOutputBytes: number
}

const mostErrorBytes = 1_024

/**
 * Runs a command line in a shell. It leads a process group of its own (POSIX setsid), so that its children end with it; of this
 * process's environment it has the search path alone.
 */
export function runCommand(command: string, { environment, mostOutputBytes }: CommandPlan): RunningCommand {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', ...environment },
  })
  const end = () => killGroup(child.pid)
  const output = keepStart(child.stdout, mostOutputBytes)
  const errors = keepStart(child.stderr, mostErrorBytes)
  const whenEnded = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    // What it has left behind would hold its output open, and go on.
    child.on('exit', end)
    child.on('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `killed by ${signal}`
      resolve({ isGood: code === 0, how, output: output.text(), isCut: output.isCut(), errors: errors.text() })
    })
  })
  return { whenEnded, end }
}

function keepStart(stream: Readable, mostBytes: number) {
  const parts: Buffer[] = []
  let bytes = 0
  stream.on('data', (part: Buffer) => {
    if (bytes < mostBytes) parts.push(part)
    bytes += part.length
  })
  return {
    text: () => Buffer.concat(parts).subarray(0, mostBytes).toString('utf8'),
    isCut: () => bytes > mostBytes,
  }
}

/** How a command has failed, and what it says first. */
export function explainEnd({ how, output, errors }: Ended): string {
  const [line] = (errors.trim() || output.trim()).split('\n')
  return line === '' ? how : `${how}: ${line.slice(0, 200)}`
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}
