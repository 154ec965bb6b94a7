import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../kit/user-error.ts'
import { parseEndpoints } from '../snapshot/parse-endpoints.ts'
import type { EndpointSnapshot } from '../snapshot/pool-snapshot.ts'
import type { Finding } from './sources.ts'

/** Of one file. */
const mostBytes = 1_048_576

/** Where the file system tells nothing of changes, as some on a network do. */
const pollMs = 2_000

/** Editors write in several steps, and a folder of secrets or config maps is swapped in several. */
const settleMs = 10

/** Files that list endpoints, and the folders that they are in, watched as long as somebody uses them. */
export class EndpointFiles {
  readonly #watches = new Map<string, { readonly watcher: FSWatcher | undefined; timer: NodeJS.Timeout | undefined }>()
  readonly #onChange: (path: string) => void

  constructor(onChange: (path: string) => void) {
    this.#onChange = onChange
  }

  async find(path: string): Promise<Finding<EndpointSnapshot>> {
    if (!this.#watches.has(path)) this.#watch(path)
    try {
      const { size } = await stat(path)
      if (size > mostBytes) return { failure: `it has more than ${mostBytes} bytes` }
      return { values: parseEndpoints(await readFile(path, 'utf8')), goodForMs: pollMs }
    } catch (error) {
      return { failure: explain(error) }
    }
  }

  drop(path: string): void {
    const found = this.#watches.get(path)
    found?.watcher?.close()
    clearTimeout(found?.timer)
    this.#watches.delete(path)
  }

  /** A folder that is not there yet cannot be watched: the next look tries again. */
  #watch(path: string): void {
    const onEvent = () => {
      const found = this.#watches.get(path)
      if (found === undefined) return
      clearTimeout(found.timer)
      found.timer = setTimeout(() => this.#onChange(path), settleMs)
    }
    try {
      const watcher = watch(dirname(path), onEvent)
      watcher.on('error', () => this.drop(path))
      this.#watches.set(path, { watcher, timer: undefined })
    } catch {
      // Polled alone.
    }
  }
}

function explain(error: unknown): string {
  if (error instanceof UserError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : code
}
