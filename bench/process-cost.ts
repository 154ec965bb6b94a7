import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What a process tree has cost so far. */
export interface ProcessCost {
  /** User and system time of all threads, since it started. */
  readonly cpuUs: number
  readonly residentBytes: number
}

const usPerTick = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Sums over the process and everything below it (nginx works in a child). */
export function readProcessCost(rootPid: number): ProcessCost {
  let cpuUs = 0
  let residentBytes = 0
  for (const pid of findTree(rootPid)) {
    // proc_pid_stat(5): utime and stime are fields 14 and 15; field 2, the name, may hold spaces.
    const fields = readProc(pid, 'stat').split(') ')[1].split(' ')
    cpuUs += (Number(fields[11]) + Number(fields[12])) * usPerTick
    residentBytes += Number(/VmRSS:\s+(\d+) kB/.exec(readProc(pid, 'status'))?.[1] ?? 0) * 1_024
  }
  return { cpuUs, residentBytes }
}

function findTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readProc(pid, `task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(findTree)]
}

function readProc(pid: number, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, 'utf8')
}
