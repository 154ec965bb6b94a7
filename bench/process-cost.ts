import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What a process tree has cost so far. */
export interface ProcessCost {
  /** User and system time of all threads, since it started. */
  readonly cpuUs: number
  /** Of the root's data threads alone; 0 where it has none. */
  readonly dataCpuUs: number
  /** Of its largest process: what a parent and its children share would count twice. */
  readonly residentBytes: number
}

const usPerTick = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Of the process and everything below it (nginx works in a child). */
export function readProcessCost(rootPid: number): ProcessCost {
  let cpuUs = 0
  let residentBytes = 0
  for (const pid of findTree(rootPid)) {
    // proc_pid_stat(5): utime and stime are fields 14 and 15; field 2, the name, may hold spaces.
    const fields = readProc(pid, 'stat').split(') ')[1].split(' ')
    cpuUs += (Number(fields[11]) + Number(fields[12])) * usPerTick
    const kilobytes = Number(/VmRSS:\s+(\d+) kB/.exec(readProc(pid, 'status'))?.[1] ?? 0)
    residentBytes = Math.max(residentBytes, kilobytes * 1_024)
  }
  return { cpuUs, dataCpuUs: readDataThreads(rootPid), residentBytes }
}

/** The first number of a thread's `schedstat` is its time on a processor in nanoseconds. */
function readDataThreads(pid: number): number {
  const names = readdirSync(`/proc/${pid}/task`).filter((id) => /^data-\d+$/m.test(readProc(pid, `task/${id}/comm`)))
  return names.reduce((sum, id) => sum + Number(readProc(pid, `task/${id}/schedstat`).split(' ')[0]) / 1_000, 0)
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
