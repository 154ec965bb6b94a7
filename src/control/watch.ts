import { watch } from 'node:fs'
import type { Log } from '../kit/log.ts'

export interface WatchPlan {
  readonly folder: string
  /** Looks for commits; costs a few microseconds when there are none. */
  readonly look: () => void
  /** Looks whether the database is still the file that was opened. */
  readonly checkFile: () => void
  readonly log: Log
}

/** The bound on how late a commit is seen where the file system tells nothing, as on some network file systems. */
const pollMs = 25
const checkFileMs = 1_000
/** A commit is several writes; the look comes right after them. */
const debounceMs = 2

/** Calls `look` soon after each commit. */
export function startWatch({ folder, look, checkFile, log }: WatchPlan): { close(): void } {
  let debounce: NodeJS.Timeout | undefined
  const onEvent = (event: string, file: string | null) => {
    if (file === null || !file.startsWith('mtlb.db')) return
    if (event === 'rename') checkFile()
    debounce ??= setTimeout(() => {
      debounce = undefined
      look()
    }, debounceMs)
  }
  const watcher = watchFolder(folder, onEvent, log)
  const timers = [setInterval(look, pollMs), setInterval(checkFile, checkFileMs)]
  return {
    close() {
      watcher?.close()
      clearTimeout(debounce)
      for (const timer of timers) clearInterval(timer)
    },
  }
}

/** Without events, for want of inotify instances for example, the poll alone still finds every commit. */
function watchFolder(folder: string, onEvent: (event: string, file: string | null) => void, log: Log) {
  const complain = (error: Error) => log.warn({ code: 'watch_failed' }, `cannot watch '${folder}': ${error.message}`)
  try {
    const watcher = watch(folder, onEvent)
    watcher.on('error', complain)
    return watcher
  } catch (error) {
    complain(error instanceof Error ? error : new Error(String(error)))
    return undefined
  }
}
