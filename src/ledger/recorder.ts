import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { UserError } from '../kit/user-error.ts'
import { RingReader } from '../slab/ring.ts'
import type { Slab } from '../slab/slab.ts'
import { addToThreadCell, threadCell } from '../slab/thread-cells.ts'
import { Accounts } from './accounts.ts'
import { dayMs, dayNumber, renderDay } from './day.ts'
import { guardStorage } from './ledger-database.ts'
import { ledgerPath } from './ledger-file.ts'
import { NameBook } from './name-book.ts'
import type { OwnersMessage } from './name-book.ts'
import { removeOldLogs } from './retention.ts'
import type { Retention } from './retention.ts'
import { collectRuns } from './run.ts'
import type { Run } from './run.ts'
import { TrafficLog } from './traffic-log.ts'
import { Trouble } from './trouble.ts'

/** Commits come in this time, or later when they take more than a tenth of it: many tenants make many small chunks. */
const commitUs = { least: 250_000, most: 1_000_000 }
const retryUs = 1_000_000
const upkeepUs = 10_000_000
const minFlushUs = 1_000_000

/** Records of one commit at most: 10 ms of work. What is left follows at the next turn. */
const maxCommitRecords = 16_384

/** Compaction gets this much of a turn: at a turn every 25 ms, an eighth of a core when there is much to merge. */
const compactUs = 3_000

export interface RecorderPlan {
  readonly slab: Slab
  readonly folder: string
  readonly runId: number
  /** Of refusals, by the index under which the slab counts them. */
  readonly codes: readonly string[]
  readonly retention: Retention
  readonly clock: Clock
  readonly log: Log
}

/**
 * The only writer of logs and ledger. `turn` is called every 25 ms or so and never throws: what the disk refuses is said
 * once and tried again. Meanwhile the rings hold the records; what they cannot hold is counted by their writers.
 */
export class Recorder {
  readonly #plan: RecorderPlan
  readonly #readers: readonly RingReader[]
  readonly #names = new NameBook()
  readonly #traffic: TrafficLog
  readonly #trouble: Trouble
  /** Undefined while the ledger cannot be opened; what the owners said meanwhile is kept for it. */
  #accounts: Accounts | undefined
  readonly #unheard = new Map<number, OwnersMessage>()
  #retention: Retention
  #hasLedger: boolean
  #nextCommitUs = 0
  #nextFlushUs = 0
  #nextUpkeepUs = 0
  #retryCommitUs = 0

  constructor(plan: RecorderPlan) {
    const { slab, folder, retention, log, clock } = plan
    this.#plan = plan
    this.#readers = Array.from({ length: slab.threads }, (_, thread) => new RingReader(slab, thread))
    this.#traffic = new TrafficLog(folder, this.#names, retention.retentionBytes)
    this.#trouble = new Trouble(log)
    this.#retention = retention
    this.#hasLedger = this.#openAccounts()
    this.#openYesterday(clock.monotonicUs())
  }

  /** To be told before any record of these owners is written. */
  learn(message: OwnersMessage): void {
    this.#names.learn(message)
    if (this.#accounts === undefined) this.#unheard.set(message.tenant.id, message)
    else this.#accounts.learn(message)
  }

  /** Writes nothing more of tenants that are gone and are being erased, but for numbers. */
  forget(tenantIds: readonly number[]): void {
    for (const id of tenantIds) {
      this.#traffic.drop(id)
      this.#unheard.delete(id)
      this.#accounts?.forget(id)
    }
  }

  setRetention(retention: Retention): void {
    this.#retention = retention
    this.#nextUpkeepUs = 0
    this.#attempt('traffic log', () => this.#traffic.setMaxBytes(retention.retentionBytes))
  }

  /** Does what is due. */
  turn(): void {
    const { clock } = this.#plan
    const startUs = clock.monotonicUs()
    if (this.#hasLedger) this.#hasLedger = this.#attemptLedger(() => this.#accounts?.writeNames())
    if (startUs >= this.#nextCommitUs || this.#isAnyRingFilling()) this.#commit(startUs)
    if (startUs >= this.#nextFlushUs || this.#isMinuteOver()) this.#flush(startUs)
    if (startUs >= this.#nextUpkeepUs) this.#keepUp(startUs)
    this.#attempt('compaction', () => {
      const endUs = clock.monotonicUs() + compactUs
      this.#traffic.compact(startUs, () => clock.monotonicUs() < endUs)
    })
  }

  /** Writes whatever there is and closes everything. Records that cannot be written now are counted as lost. */
  stop(): void {
    const nowUs = this.#plan.clock.monotonicUs()
    this.#retryCommitUs = 0
    while (this.#commit(nowUs));
    this.#countLost(collectRuns(this.#readers, Infinity))
    this.#flush(nowUs)
    this.#attempt('closing', () => this.#traffic.close())
    this.#attempt('closing', () => this.#accounts?.close())
  }

  /** True when records were written and more may wait. */
  #commit(nowUs: number): boolean {
    if (nowUs < this.#retryCommitUs) return false
    this.#nextCommitUs = nowUs + commitUs.least
    const runs = collectRuns(this.#readers, maxCommitRecords)
    if (runs.length === 0) return false
    if (!this.#write(runs, nowUs)) {
      for (const reader of this.#readers) reader.rewind()
      this.#retryCommitUs = nowUs + retryUs
      return false
    }
    // A thread that is killed right here writes these records twice.
    for (const reader of this.#readers) reader.release()
    const tookUs = this.#plan.clock.monotonicUs() - nowUs
    this.#nextCommitUs = nowUs + Math.min(commitUs.most, Math.max(commitUs.least, 10 * tookUs))
    return true
  }

  /**
   * False when the disk refuses everything: then the rings keep the records. Once a day's are written the others cannot
   * be tried again without writing these twice, so an old day's file that fails alone loses its records.
   */
  #write(runs: readonly Run[], nowUs: number): boolean {
    let isAnyDone = false
    const newestFirst = [...Map.groupBy(runs, (run) => run.day)].toSorted(([a], [b]) => b - a)
    for (const [day, ofDay] of newestFirst) {
      const outcome = this.#writeDay(day, ofDay, nowUs)
      if (outcome === 'refused' && !isAnyDone) return false
      if (outcome !== 'written') this.#countLost(ofDay)
      isAnyDone = true
    }
    return true
  }

  #writeDay(day: number, runs: readonly Run[], nowUs: number): 'written' | 'refused' | 'impossible' {
    try {
      this.#traffic.write(renderDay(day), { runs, readers: this.#readers }, nowUs)
      this.#trouble.clear('traffic log')
      return 'written'
    } catch (error) {
      this.#trouble.report('traffic log', error)
      // Anything but the storage's word is a bug of ours: it would come again for ever and block all that follow.
      return error instanceof UserError ? 'refused' : 'impossible'
    }
  }

  #countLost(runs: readonly Run[]): void {
    for (const { threads } of runs) {
      for (const thread of threads) addToThreadCell(this.#plan.slab, thread, threadCell.lost, 1)
    }
  }

  /** The next time keeps the ledger below 5 % of a core. */
  #flush(startUs: number): void {
    const { clock } = this.#plan
    this.#hasLedger = this.#accounts !== undefined || this.#openAccounts()
    this.#hasLedger &&= this.#attemptLedger(() => this.#accounts?.flush(clock.wallMs()))
    this.#nextFlushUs = startUs + Math.max(minFlushUs, 20 * (clock.monotonicUs() - startUs))
  }

  #isMinuteOver(): boolean {
    return this.#hasLedger && this.#accounts?.isMinuteOver(this.#plan.clock.wallMs()) === true
  }

  #openAccounts(): boolean {
    const { slab, folder, runId, codes, clock } = this.#plan
    return this.#attemptLedger(() => {
      const accounts = new Accounts({ slab, folder, runId, codes, wallMs: clock.wallMs() })
      for (const message of this.#unheard.values()) accounts.learn(message)
      this.#unheard.clear()
      this.#accounts = accounts
    })
  }

  /** A server that was down over midnight left yesterday's last chunks unmerged. */
  #openYesterday(nowUs: number): void {
    const yesterday = renderDay(dayNumber(this.#plan.clock.wallMs() - dayMs))
    this.#attempt('traffic log', () => this.#traffic.openExisting(yesterday, nowUs))
  }

  #keepUp(nowUs: number): void {
    const { folder, clock } = this.#plan
    this.#nextUpkeepUs = nowUs + upkeepUs
    const wallMs = clock.wallMs()
    this.#attempt('retention', () => {
      this.#traffic.tidy(nowUs)
      const letGo = (day: string) => this.#traffic.forget(day)
      removeOldLogs(folder, this.#retention, { wallMs, letGo })
      this.#traffic.shrink(renderDay(dayNumber(wallMs)), nowUs)
    })
    if (!this.#hasLedger) return
    this.#attemptLedger(() => this.#accounts?.forgetBefore(wallMs - this.#retention.retentionDays * dayMs))
  }

  #isAnyRingFilling(): boolean {
    const quarter = this.#plan.slab.ringBytes / 4
    for (const reader of this.#readers) if (reader.usedBytes > quarter) return true
    return false
  }

  #attemptLedger(action: () => void): boolean {
    return this.#attempt('ledger', () => guardStorage(ledgerPath(this.#plan.folder), action))
  }

  #attempt(what: string, action: () => void): boolean {
    try {
      action()
      this.#trouble.clear(what)
      return true
    } catch (error) {
      this.#trouble.report(what, error)
      return false
    }
  }
}
