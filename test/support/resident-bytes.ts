import { readFileSync } from 'node:fs'

/** What a process holds in memory, as the kernel counts it; Linux only. */
export function residentBytes(pid: number | undefined): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return Number(match?.[1]) * 1_024
}
