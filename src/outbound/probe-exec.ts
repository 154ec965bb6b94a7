import { spawn } from 'node:child_process'
import type { Probe } from './probe.ts'

/** Of what a command says, so much is kept. */
const mostOutputBytes = 1_024

/**
 * Runs a command line in a shell, told in its environment whom it checks; exit code 0 is good, and else the first line that it says
 * tells why. It leads a process group of its own (POSIX setsid), so that its children end with it.
 */
export const probeExec: Probe = (target, plan, course) =>
  new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', plan.command], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
        MTLB_URL: target.url,
        MTLB_HOST: target.host,
        MTLB_PORT: String(target.port),
      },
    })
    const end = () => killGroup(child.pid)
    course.onPassed = end
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < mostOutputBytes) output += text
      })
    }
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      // What it has left behind would hold its output open, and go on.
      end()
      if (code === 0) return resolve(undefined)
      const why = signal === null ? `exit code ${code}` : `killed by ${signal}`
      setImmediate(() => resolve(withFirstLine(why, output)))
    })
  })

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

function withFirstLine(why: string, output: string): string {
  const [line] = output.trim().split('\n')
  return line === '' ? why : `${why}: ${line.slice(0, 200)}`
}
