import { cpus, release, totalmem } from 'node:os'
import { readWrkVersion } from './tools.ts'

/** Without it a figure says nothing. */
export function describeMachine(): Record<string, string> {
  const processors = cpus()
  return {
    machine: `${processors[0].model.trim()}, ${processors.length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    kernel: release(),
    node: process.version,
    wrk: readWrkVersion(),
  }
}
