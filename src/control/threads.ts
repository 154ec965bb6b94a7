import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { DataThreadData, FromDataThread, ToDataThread } from '../proxy/messages.ts'
import { zeroThread } from '../slab/zero-thread.ts'
import type { Slab } from '../slab/slab.ts'
import { Heartbeats } from './heartbeats.ts'
import { SupervisedThread } from './supervised-thread.ts'
import type { ThreadState } from './supervised-thread.ts'

/** `hanging` when it has given no sign of life for a while; it is replaced unless one comes soon. */
export type DataThreadState = ThreadState | 'draining' | 'hanging'

export interface DataThreadsPlan {
  readonly count: number
  readonly module: URL
  readonly slab: Slab
  /** The open file of quotas' balances. */
  readonly quotaFile: number
  /** A thread whose event loop stands still for so long is replaced. */
  readonly hangMs: number
  /** A thread has started and knows nothing yet: it is told everything, configuration before listeners. */
  readonly onStart: (thread: number) => void
  readonly onMessage: (thread: number, message: FromDataThread) => void
  readonly onDeath: (thread: number) => void
  readonly log: Log
  readonly clock: Clock
}

interface DataThread {
  readonly supervised: SupervisedThread<FromDataThread, ToDataThread>
  /** The last change that this thread enforces; a replacement starts from nothing. */
  applied: number
  abandoned: number
}

/** Left to itself V8 takes 96 MB per thread; from 3 MB on a request costs the same (measured). */
const youngHeapMb = 12

/** How long a thread may take beyond the drain timeout before it is ended by force. */
const drainGraceMs = 2_000

/** The data threads: all under one index each, which is also the index of their columns in the slab. */
export class DataThreads {
  readonly #plan: DataThreadsPlan
  readonly #threads: readonly DataThread[]
  readonly #heartbeats: Heartbeats
  readonly #waiting = new Set<{ readonly change: number; readonly resolve: () => void }>()
  #isDraining = false

  constructor(plan: DataThreadsPlan) {
    this.#plan = plan
    this.#threads = Array.from({ length: plan.count }, (_, thread) => ({
      supervised: new SupervisedThread<FromDataThread, ToDataThread>(this.#threadPlan(thread)),
      applied: 0,
      abandoned: 0,
    }))
    this.#heartbeats = new Heartbeats({
      slab: plan.slab,
      hangMs: plan.hangMs,
      isWatched: (thread) => this.#threads[thread].supervised.state === 'running',
      onHang: (thread) => this.#replaceHung(thread),
    })
  }

  get count(): number {
    return this.#plan.count
  }

  start(): void {
    for (const { supervised } of this.#threads) supervised.start()
    this.#heartbeats.start()
  }

  send(thread: number, message: ToDataThread): void {
    this.#threads[thread].supervised.post(message)
  }

  sendAll(message: ToDataThread): void {
    for (const { supervised } of this.#threads) supervised.post(message)
  }

  isLive(thread: number): boolean {
    const { state } = this.#threads[thread].supervised
    return state === 'starting' || state === 'running'
  }

  state(thread: number): DataThreadState {
    if (this.#isDraining) return 'draining'
    return this.#heartbeats.isDoubtful(thread) ? 'hanging' : this.#threads[thread].supervised.state
  }

  restarts(thread: number): number {
    return this.#threads[thread].supervised.restarts
  }

  /** Resolves when every live thread enforces that change. A thread held back serves nobody, so it does not count. */
  whenApplied(change: number): Promise<void> {
    if (this.#isAppliedEverywhere(change)) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.add({ change, resolve }))
  }

  /** Stops accepting, lets what is under way finish, then ends the threads; returns how many exchanges were cut off. */
  async drain(timeoutMs: number): Promise<number> {
    this.#isDraining = true
    this.#heartbeats.close()
    for (const { supervised } of this.#threads) supervised.expectEnd()
    this.sendAll({ kind: 'drain', timeoutMs })
    const ends = await Promise.all(this.#threads.map(({ supervised }) => supervised.end(timeoutMs + drainGraceMs)))
    for (const [thread, isClean] of ends.entries()) {
      if (!isClean) this.#plan.log.error({ code: 'drain_forced', thread }, `data thread ${thread} was ended by force`)
    }
    return this.#threads.reduce((sum, { abandoned }) => sum + abandoned, 0)
  }

  #replaceHung(thread: number): void {
    const { log, hangMs } = this.#plan
    log.error(
      { code: 'thread_hung', thread: `data-${thread}`, hangMs },
      `thread data-${thread} hangs: ending it by force`,
    )
    this.#threads[thread].supervised.kill()
  }

  #threadPlan(thread: number) {
    const { module, slab, quotaFile, log, clock, onStart, onMessage, onDeath } = this.#plan
    const data: DataThreadData = { slab: slab.shared, thread, quotaFile }
    return {
      name: `data-${thread}`,
      module,
      youngHeapMb,
      birth: () => ({ data, transfer: [] }),
      onStart: () => onStart(thread),
      onMessage: (message: FromDataThread) => {
        this.#note(thread, message)
        onMessage(thread, message)
      },
      onDeath: () => {
        this.#threads[thread].applied = 0
        // What the dead thread held is given back before another works in the same columns.
        zeroThread(slab, thread)
        onDeath(thread)
        queueMicrotask(() => this.#settle())
      },
      log,
      clock,
    }
  }

  #note(thread: number, message: FromDataThread): void {
    if (message.kind === 'drained') this.#threads[thread].abandoned = message.abandoned
    if (message.kind !== 'applied' || message.change === 0) return
    this.#threads[thread].applied = message.change
    this.#settle()
  }

  #settle(): void {
    for (const waiting of this.#waiting) {
      if (!this.#isAppliedEverywhere(waiting.change)) continue
      this.#waiting.delete(waiting)
      waiting.resolve()
    }
  }

  #isAppliedEverywhere(change: number): boolean {
    return this.#threads.every(({ applied }, thread) => applied >= change || !this.isLive(thread))
  }
}
