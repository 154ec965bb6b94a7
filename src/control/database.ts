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
  readonly #folder: string
  readonly #path: string
  readonly #clock: Clock
  readonly #log: Log
  #store: Store | undefined
  /** Which file was opened, whatever its name says by now. */
  #openedFile: string | undefined
  #dataVersion = -1
  #failedUs = Number.NEGATIVE_INFINITY
  /** Another file lies in the place of the one that was opened, or none. */
  #fileTrouble: DatabaseTrouble | undefined
  /** The open file did not let itself be read. */
  #readTrouble: DatabaseTrouble | undefined

  /** Creates the file when there is none. Throws UserError when it cannot be used. */
  constructor(folder: string, clock: Clock, log: Log) {
    this.#folder = folder
    this.#path = join(folder, 'mtlb.db')
    this.#clock = clock
    this.#log = log
    this.#open()
  }

  get trouble(): DatabaseTrouble | undefined {
    return this.#fileTrouble ?? this.#readTrouble
  }

  /** What was committed since that revision; undefined when there is nothing or it cannot be read now. */
  readChanges(sinceRevision: number): ReadChanges | undefined {
    if (this.#fileTrouble !== undefined || this.#clock.monotonicUs() - this.#failedUs < retryUs) return undefined
    try {
      const dataVersion = this.#store?.dataVersion()
      if (dataVersion === undefined || dataVersion === this.#dataVersion) return undefined
      // The files beside the database go by its name: with another file under that name they are not to be believed.
      this.checkFile()
      if (this.#store === undefined || this.#fileTrouble !== undefined) return undefined
      const changes = readChanges(this.#store, sinceRevision)
      this.#dataVersion = dataVersion
      this.#note({ file: undefined, read: undefined })
      return changes
    } catch (error) {
      this.#failedUs = this.#clock.monotonicUs()
      this.#note({ file: this.#fileTrouble, read: unreadable(this.#path, error) })
      return undefined
    }
  }

  /** Notices a file that was deleted, replaced or brought back: only the one that was opened is followed. */
  checkFile(): void {
    const file = identify(this.#path)
    if (file === this.#openedFile && this.#store === undefined) return this.#tryOpen()
    if (file === this.#openedFile) return this.#note({ file: undefined, read: this.#readTrouble })
    this.#letGo()
    if (file === undefined) return this.#note({ file: gone(this.#path), read: undefined })
    // What a reload found wrong with that file says more.
    const isJudged = this.#fileTrouble?.code === 'database_unreadable'
    if (!isJudged) this.#note({ file: replaced(this.#path), read: undefined })
  }

  /** Takes to whatever file is there now, to be read from the start. */
  reopen(): void {
    this.#letGo()
    if (identify(this.#path) === undefined) this.#note({ file: gone(this.#path), read: undefined })
    else this.#tryOpen()
  }

  close(): void {
    this.#store?.close()
    this.#store = undefined
  }

  /** Whatever takes the file's place must not find the journal of ours beside it. */
  #letGo(): void {
    try {
      if (identify(this.#path) !== this.#openedFile) this.#store?.mergeJournal()
    } catch (error) {
      this.#log.warn({ code: 'journal_left', error: String(error) }, `the journal of '${this.#path}' was not merged`)
    }
    this.close()
  }

  #open(): void {
    this.#store = openStore({ folder: this.#folder, access: 'write', clock: this.#clock })
    this.#openedFile = identify(this.#path)
    this.#dataVersion = -1
    this.#failedUs = Number.NEGATIVE_INFINITY
  }

  #tryOpen(): void {
    try {
      this.#open()
      this.#note({ file: undefined, read: undefined })
    } catch (error) {
      this.#note({ file: unreadable(this.#path, error), read: undefined })
    }
  }

  #note({ file, read }: { file: DatabaseTrouble | undefined; read: DatabaseTrouble | undefined }): void {
    const before = this.trouble
    this.#fileTrouble = file
    this.#readTrouble = read
    const now = this.trouble
    if (now?.message === before?.message) return
    if (now === undefined) this.#log.info({ code: 'database_back' }, `'${this.#path}' is followed again`)
    else this.#log.error({ code: now.code, hint: now.hint }, `${now.message}; what was read before stays in force`)
  }
}

/** A number is given to a new file again, a birth is not. */
function identify(path: string): string | undefined {
  try {
    const { dev, ino, birthtimeMs } = statSync(path)
    return `${dev}:${ino}:${birthtimeMs}`
  } catch {
    return undefined
  }
}

function gone(path: string): DatabaseTrouble {
  return {
    code: 'database_gone',
    message: `'${path}' is gone`,
    hint: 'Put the file back and reload the server with SIGHUP.',
  }
}

/** Following it unasked could take every tenant away: an empty file is created by any command. */
function replaced(path: string): DatabaseTrouble {
  return {
    code: 'database_replaced',
    message: `'${path}' is another file than the one that was opened`,
    hint: 'Reload the server with SIGHUP to follow the new file.',
  }
}

function unreadable(path: string, error: unknown): DatabaseTrouble {
  const reason = error instanceof Error ? error.message : String(error)
  const hint = error instanceof UserError ? error.hint : undefined
  return {
    code: 'database_unreadable',
    message: `'${path}' cannot be read: ${reason}`,
    hint: hint ?? 'Put a backup in its place and reload the server with SIGHUP.',
  }
}
