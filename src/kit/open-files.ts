import { readFileSync } from 'node:fs'

/** How many files and sockets this process may have open at once; undefined where the kernel does not say (not Linux). */
export function readOpenFilesLimit(): number | undefined {
  try {
    return parseOpenFilesLimit(readFileSync('/proc/self/limits', 'latin1'))
  } catch {
    return undefined
  }
}

/** From the soft limit, the first of two columns; undefined when it is unlimited. */
export function parseOpenFilesLimit(limits: string): number | undefined {
  const match = /^Max open files +(\d+)/m.exec(limits)
  return match === null ? undefined : Number(match[1])
}
