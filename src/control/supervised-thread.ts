import { Worker } from 'node:worker_threads'
import type { Transferable } from 'node:worker_threads'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'

/** `waiting` before it is started and while a replacement is held back, `starting` until it is ready, `ended` for good. */
export type ThreadState = 'starting' | 'running' | 'waiting' | 'ended'

export interface ThreadPlan<FromThread> {
  /** Shown in logs and by the operating system: `data-0`, `recorder`. */
  readonly name: string
  readonly module: URL
  /** Of what the thread allocates and soon lets go. */
  readonly youngHeapMb: number
  /** Asked before every start, so that a replacement is born with fresh ports. */
  readonly birth: () => { readonly data: unknown; readonly transfer: readonly Transferable[] }
  /** The thread takes messages from now on; a replacement must be told everything again. */
  readonly onStart: () => void
  readonly onMessage: (message: FromThread) => void
  /** The thread is gone unasked; its replacement has not started yet. */
  readonly onDeath: () => void
  readonly log: Log
  readonly clock: Clock
}

/** A life this long shows that the thread can work: the next death is replaced at once again. */
const soundLifeUs = 10_000_000
const firstDelayMs = 100
const longestDelayMs = 10_000

/** A thread that is replaced whenever it dies, with growing pauses while it dies at once again and again. */
export class SupervisedThread<FromThread extends { readonly kind: string }, ToThread> {
  readonly #plan: ThreadPlan<FromThread>
  #state: ThreadState = 'waiting'
  #restarts = 0
  #worker: Worker | undefined
  #exited: Promise<void> = Promise.resolve()
  #startedUs = 0
  #deathsInRow = 0
  #timer: NodeJS.Timeout | undefined

  constructor(plan: ThreadPlan<FromThread>) {
    this.#plan = plan
  }

  get state(): ThreadState {
    return this.#state
  }

  get restarts(): number {
    return this.#restarts
  }

  start(): void {
    const { name, module, youngHeapMb, birth, onStart, onMessage } = this.#plan
    const { data, transfer } = birth()
    const resourceLimits = { maxYoungGenerationSizeMb: youngHeapMb }
    const worker = new Worker(module, { name, workerData: data, transferList: [...transfer], resourceLimits })
    this.#worker = worker
    this.#startedUs = this.#plan.clock.monotonicUs()
    this.#state = 'starting'
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'ready' && this.#state === 'starting') this.#state = 'running'
      onMessage(message)
    })
    worker.on('error', (error) => {
      this.#plan.log.error({ code: 'thread_crashed', thread: name, error: describe(error) }, `thread ${name} crashed`)
    })
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#gone()
        resolve()
      })
    })
    onStart()
  }

  /** Starts a held-back replacement now. */
  hurry(): void {
    if (this.#state !== 'waiting') return
    clearTimeout(this.#timer)
    this.start()
  }

  /** Does nothing while there is no thread: its replacement is told everything when it starts. */
  post(message: ToThread): void {
    this.#worker?.postMessage(message)
  }

  /** Ends the thread by force, whatever it does; that is a death, so it is replaced. */
  kill(): void {
    void this.#worker?.terminate()
  }

  /** From now on the thread's exit is no death. */
  expectEnd(): void {
    this.#state = 'ended'
    clearTimeout(this.#timer)
  }

  /** Waits until the thread ends or has said that it is finished; false when it had to be ended by force. */
  async end(timeoutMs: number, finished: Promise<void> = this.#exited): Promise<boolean> {
    this.expectEnd()
    const timeout = new AbortController()
    const done = Promise.race([this.#exited, finished]).then(() => true)
    const isClean = await Promise.race([done, elapse(timeoutMs, timeout.signal)])
    timeout.abort()
    await this.#worker?.terminate()
    return isClean
  }

  #gone(): void {
    this.#worker = undefined
    if (this.#state === 'ended') return
    const { name, log, clock, onDeath } = this.#plan
    const isSound = clock.monotonicUs() - this.#startedUs >= soundLifeUs
    this.#deathsInRow = isSound ? 1 : this.#deathsInRow + 1
    this.#restarts += 1
    const delayMs = backOff(this.#deathsInRow)
    log.warn({ code: 'thread_replaced', thread: name, restarts: this.#restarts, delayMs }, `replacing thread ${name}`)
    onDeath()
    this.#state = 'waiting'
    if (delayMs === 0) this.start()
    else this.#timer = setTimeout(() => this.start(), delayMs)
  }
}

/** The first death is replaced at once. */
function backOff(deathsInRow: number): number {
  if (deathsInRow <= 1) return 0
  return Math.min(firstDelayMs * 2 ** (deathsInRow - 2), longestDelayMs)
}

function elapse(delayMs: number, signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), delayMs)
    signal.addEventListener('abort', () => clearTimeout(timer))
  })
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
