import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { UserError } from '../kit/user-error.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { readChanges } from './read-changes.ts'
import type { ReadChanges } from './read-changes.ts'

/** Why the database on disk is not followed at present; traffic goes on with what was read before. */
export interface DatabaseTrouble {
  readonly code: 'database_gone' | 'database_replaced' | 'database_unreadable'
  readonly message: string
  readonly hint: string
}

const retryUs = 1_000_000

/** The configuration file as the server follows it: trouble with it is noted and never thrown. */
export class Database {
  trouble: DatabaseTrouble | undefined
  readonly #folder: string
  readonly #path: string
  readonly #clock: Clock
  readonly #log: Log
  #store: Store
  /** Which file is open, whatever its name says by now. */
  #file: string | undefined
  #dataVersion = -1
  #failedUs = Number.NEGATIVE_INFINITY

  /** Creates the file when there is none. Throws UserError when it cannot be used. */
  constructor(folder: string, clock: Clock, log: Log) {
    this.#folder = folder
    this.#path = join(folder, 'mtlb.db')
    this.#clock = clock
    this.#log = log
    this.#store = openStore({ folder, access: 'write', clock })
    this.#file = identify(this.#path)
  }

  /** What was committed since that revision; undefined when there is nothing or it cannot be read now. */
  readChanges(sinceRevision: number): ReadChanges | undefined {
    if (this.#clock.monotonicUs() - this.#failedUs < retryUs) return undefined
    try {
      const dataVersion = this.#store.dataVersion()
      if (dataVersion === this.#dataVersion) return undefined
      const changes = readChanges(this.#store, sinceRevision)
      this.#dataVersion = dataVersion
      if (this.trouble?.code === 'database_unreadable') this.#mended()
      return changes
    } catch (error) {
      this.#failedUs = this.#clock.monotonicUs()
      this.#note(unreadable(this.#path, error))
      return undefined
    }
  }

  /** Notices a file that was deleted or replaced: what is open then is not what commands write to. */
  checkFile(): void {
    const file = identify(this.#path)
    if (file === this.#file) {
      if (this.trouble !== undefined && this.trouble.code !== 'database_unreadable') this.#mended()
      return
    }
    this.#note(file === undefined ? gone(this.#path) : replaced(this.#path))
  }

  /** Takes to whatever file is there now. When that cannot be used, the one that is open stays. */
  reopen(): void {
    const file = identify(this.#path)
    this.#failedUs = Number.NEGATIVE_INFINITY
    if (file === undefined) return this.#note(gone(this.#path))
    try {
      const store = openStore({ folder: this.#folder, access: 'write', clock: this.#clock })
      this.#store.close()
      this.#store = store
      this.#file = file
      this.#dataVersion = -1
      if (this.trouble !== undefined) this.#mended()
    } catch (error) {
      this.#note(unreadable(this.#path, error))
    }
  }

  close(): void {
    this.#store.close()
  }

  #note(trouble: DatabaseTrouble): void {
    if (trouble.message !== this.trouble?.message) this.#log.error({ code: trouble.code }, trouble.message)
    this.trouble = trouble
  }

  #mended(): void {
    this.trouble = undefined
    this.#log.info({ code: 'database_back' }, `${this.#path} is followed again`)
  }
}

function identify(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`
}

function gone(path: string): DatabaseTrouble {
  return {
    code: 'database_gone',
    message: `'${path}' is gone; what was read from it stays in force`,
    hint: 'put the file back and reload the server with SIGHUP',
  }
}

/** Following it unasked could take every tenant away: an empty file is created by any command. */
function replaced(path: string): DatabaseTrouble {
  return {
    code: 'database_replaced',
    message: `'${path}' is another file than the one that was opened; what was read before stays in force`,
    hint: 'reload the server with SIGHUP to follow the new file',
  }
}

function unreadable(path: string, error: unknown): DatabaseTrouble {
  const reason = error instanceof Error ? error.message : String(error)
  const hint = error instanceof UserError ? error.hint : undefined
  return {
    code: 'database_unreadable',
    message: `'${path}' cannot be read (${reason}); what was read before stays in force`,
    hint: hint ?? 'put a backup in its place and reload the server with SIGHUP',
  }
}
