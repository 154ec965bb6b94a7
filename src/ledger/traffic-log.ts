import { existsSync, renameSync, statSync } from 'node:fs'
import type { RingReader } from '../slab/ring.ts'
import { maxChunkBytes } from './chunk.ts'
import { Compactor } from './compactor.ts'
import { logFilePath } from './day.ts'
import type { Day } from './day.ts'
import { LogFile } from './log-file.ts'
import type { NameBook } from './name-book.ts'
import { copyRun } from './run.ts'
import type { Run } from './run.ts'
import { asStorageError, isDamage } from './storage-error.ts'
import { summarizeFrames } from './summary.ts'

/** Yesterday's file stays open this long after its last record, so that it is merged to the end. */
const idleUs = 120_000_000

/** Runs of one day, and the rings that they lie in. */
interface CollectedRuns {
  readonly runs: readonly Run[]
  readonly readers: readonly RingReader[]
}

interface OpenLog {
  readonly file: LogFile
  readonly compactor: Compactor
  readonly inode: number
  usedUs: number
}

/** The log files that the recorder has open: today's, and for a while those that long exchanges began in. */
export class TrafficLog {
  readonly #folder: string
  readonly #names: NameBook
  readonly #open = new Map<Day, OpenLog>()
  /** Tenants that are erased: what still comes of them is written nowhere. */
  readonly #forgotten = new Set<number>()
  readonly #scratch = Buffer.alloc(maxChunkBytes)
  #maxBytes: number

  constructor(folder: string, names: NameBook, maxBytes: number) {
    this.#folder = folder
    this.#names = names
    this.#maxBytes = maxBytes
  }

  /** Writes runs of one day, all or none. Throws UserError `storage`; the file is opened anew at the next try. */
  write(day: Day, { runs, readers }: CollectedRuns, nowUs: number): void {
    this.#guard(day, () => {
      const log = this.#get(day, nowUs)
      log.usedUs = nowUs
      log.file.commit(() => {
        for (const run of runs) {
          if (!this.#forgotten.has(run.tenantId)) this.#insertRun(log.file, run, readers)
        }
      }, nowUs)
    })
  }

  /** Writes nothing more of a tenant. */
  drop(tenantId: number): void {
    this.#forgotten.add(tenantId)
  }

  /** Merges small chunks as long as there is time. Throws UserError `storage`. */
  compact(nowUs: number, hasTime: () => boolean): void {
    for (const [day, { compactor }] of this.#open) {
      this.#guard(day, () => {
        if (hasTime() && compactor.hasWork(nowUs)) compactor.run(nowUs, hasTime)
      })
    }
  }

  /** Opens a finished day's file, if there is one, so that its last chunks are merged. */
  openExisting(day: Day, nowUs: number): void {
    if (existsSync(logFilePath(this.#folder, day))) this.#guard(day, () => void this.#get(day, nowUs))
  }

  /** Bounds what one day's file may take; files are opened anew under it. */
  setMaxBytes(maxBytes: number): void {
    if (maxBytes === this.#maxBytes) return
    this.#maxBytes = maxBytes
    this.close()
  }

  /** Removes a day's oldest records while it takes more than the bound. Throws UserError `storage`. */
  shrink(day: Day, nowUs: number): void {
    if (!existsSync(logFilePath(this.#folder, day))) return
    this.#guard(day, () => this.#get(day, nowUs).file.shrink())
  }

  #get(day: Day, nowUs: number): OpenLog {
    const found = this.#open.get(day)
    if (found !== undefined) return found
    const file = new LogFile(this.#folder, day, { nowUs, maxBytes: this.#maxBytes })
    try {
      const inode = statSync(logFilePath(this.#folder, day)).ino
      const log = { file, compactor: new Compactor(file), inode, usedUs: nowUs }
      this.#open.set(day, log)
      return log
    } catch (error) {
      file.close()
      throw error
    }
  }

  /** Lets go of files that nothing is written to any more, and of those that somebody removed under us. */
  tidy(nowUs: number): void {
    for (const [day, { file, inode, usedUs }] of this.#open) {
      const found = statSync(logFilePath(this.#folder, day), { throwIfNoEntry: false })
      if (found?.ino === inode && nowUs - usedUs < idleUs) continue
      this.#open.delete(day)
      file.close()
    }
  }

  close(): void {
    for (const day of this.#open.keys()) this.forget(day)
  }

  forget(day: Day): void {
    const log = this.#open.get(day)
    this.#open.delete(day)
    log?.file.close()
  }

  #insertRun(file: LogFile, run: Run, readers: readonly RingReader[]): void {
    const frames = copyRun(run, readers, this.#scratch)
    const summary = summarizeFrames(frames, file.nextId)
    file.insert({ tenantId: run.tenantId, summary, names: this.#names.pick(run.tenantId, summary), frames })
  }

  #guard(day: Day, action: () => void): void {
    try {
      action()
    } catch (error) {
      const path = logFilePath(this.#folder, day)
      this.forget(day)
      if (isDamage(error)) setAside(path)
      throw asStorageError(path, error)
    }
  }
}

/** Keeps a damaged file for whoever wants to rescue it; the day goes on in a new one. */
function setAside(path: string): void {
  let suffix = '.damaged'
  while (existsSync(path + suffix)) suffix += '-again'
  for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, path + suffix + part)
}
