import { renderBind } from '../kit/field/bind.ts'
import type { Log } from '../kit/log.ts'
import type { FromDataThread } from '../proxy/messages.ts'
import type { ListenerSnapshot } from '../snapshot/global-snapshot.ts'
import { explainFailure, probeAddress } from './probe-address.ts'
import type { ListenFailure } from './probe-address.ts'
import type { DataThreads } from './threads.ts'

export interface ListenerStatus {
  readonly name: string
  readonly bind: string
  /** The port in use; 0 while the kernel has not chosen one. */
  readonly port: number
  /** `listening` when at least one data thread accepts there. */
  readonly state: 'starting' | 'listening' | 'failed'
  readonly error?: string
}

/** One address that the data threads listen on together, from its first attempt until it is changed or removed. */
interface OpenListener {
  readonly listener: ListenerSnapshot
  /** At which the configuration brought it. */
  readonly revision: number
  /** It takes over the port of a listener that the threads are still closing, and may collide with that for a moment. */
  readonly isSuccessor: boolean
  /** Names this opening in messages; a changed listener is another opening. */
  readonly number: number
  readonly threads: Set<number>
  port: number
  isProbed: boolean
  failure: ListenFailure | undefined
  attempts: number
  retry: NodeJS.Timeout | undefined
}

const firstRetryMs = 50
const longestRetryMs = 3_000
const passingAttempts = 4

/** Has every data thread listen where the configuration says, and tries again where that fails. */
export class Listeners {
  readonly #threads: DataThreads
  readonly #log: Log
  readonly #open = new Map<number, OpenListener>()
  readonly #settling = new Set<() => void>()
  #lastNumber = 0

  constructor(threads: DataThreads, log: Log) {
    this.#threads = threads
    this.#log = log
  }

  /** Opens what that revision brought; closes what is gone or changed, where open connections go on. */
  set(listeners: readonly ListenerSnapshot[], revision: number): void {
    const unchanged = new Set<ListenerSnapshot>()
    const closedPorts = new Set<number>()
    for (const open of this.#open.values()) {
      const same = listeners.find((listener) => isSamePlace(listener, open.listener))
      if (same !== undefined) {
        unchanged.add(same)
        continue
      }
      closedPorts.add(open.port)
      this.#close(open)
    }
    for (const listener of listeners) {
      if (!unchanged.has(listener)) this.#start(listener, { revision, isSuccessor: closedPorts.has(listener.port) })
    }
  }

  status(): ListenerStatus[] {
    return [...this.#open.values()].map((open) => ({
      name: open.listener.name,
      bind: renderBind(open.listener),
      port: open.port,
      state: stateOf(open),
      ...(open.failure === undefined ? {} : { error: open.failure.message }),
    }))
  }

  /** Those that a revision brought, or a later one, and that nobody can reach. */
  failedSince(revision: number): { readonly name: string; readonly message: string }[] {
    return [...this.#open.values()]
      .filter((open) => open.revision >= revision && stateOf(open) === 'failed')
      .map(({ listener, failure }) => ({ name: listener.name, message: failure?.message ?? '' }))
  }

  /** Resolves when every listener either works in all live threads or has failed. */
  whenSettled(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve()
    return new Promise((resolve) => this.#settling.add(resolve))
  }

  threadStarted(thread: number): void {
    for (const open of this.#open.values()) if (open.isProbed) this.#listen(open, thread)
  }

  threadDied(thread: number): void {
    for (const open of this.#open.values()) open.threads.delete(thread)
    this.#settle()
  }

  heard(thread: number, message: FromDataThread): void {
    if (message.kind !== 'listening' && message.kind !== 'listen_failed') return
    const open = this.#open.get(message.listener)
    if (open === undefined) return
    if (message.kind === 'listening') this.#works(open, thread, message.port)
    else void this.#failsIn(open, thread, message.code)
  }

  close(): void {
    for (const open of this.#open.values()) clearTimeout(open.retry)
    this.#open.clear()
    this.#settle()
  }

  #start(listener: ListenerSnapshot, origin: Pick<OpenListener, 'revision' | 'isSuccessor'>): void {
    const number = (this.#lastNumber += 1)
    const open: OpenListener = {
      listener,
      ...origin,
      number,
      threads: new Set(),
      port: listener.port,
      isProbed: false,
      failure: undefined,
      attempts: 0,
      retry: undefined,
    }
    this.#open.set(number, open)
    void this.#attempt(open)
  }

  async #attempt(open: OpenListener): Promise<void> {
    if (!open.isProbed) {
      const failure = await probeAddress(open.listener)
      if (!this.#open.has(open.number)) return
      if (failure !== undefined) return this.#fails(open, failure)
      open.isProbed = true
    }
    for (let thread = 0; thread < this.#threads.count; thread++) this.#listen(open, thread)
  }

  /** With port 0 one thread asks the kernel for a port, and the others follow when it is known. */
  #listen(open: OpenListener, thread: number): void {
    const { number, listener, port, threads } = open
    if (threads.has(thread) || !this.#threads.isLive(thread)) return
    if (port === 0 && thread !== this.#firstLive()) return
    this.#threads.send(thread, { kind: 'listen', listener: number, address: listener.address, port })
  }

  #works(open: OpenListener, thread: number, port: number): void {
    const isFirst = open.threads.size === 0
    const isPortNew = open.port !== port
    open.threads.add(thread)
    open.port = port
    open.failure = undefined
    open.attempts = 0
    if (isFirst) {
      const { name, address } = open.listener
      const bind = renderBind({ address, port })
      this.#log.info({ code: 'listening', listener: name, bind }, `listener '${name}' accepts on ${bind}`)
    }
    if (isPortNew) for (let other = 0; other < this.#threads.count; other++) this.#listen(open, other)
    this.#settle()
  }

  async #failsIn(open: OpenListener, thread: number, code: string): Promise<void> {
    open.threads.delete(thread)
    // Nobody holds the address any more, so that somebody else may: the next attempt asks again.
    if (open.threads.size === 0) open.isProbed = false
    this.#fails(open, await explainFailure(open.listener, code))
  }

  #fails(open: OpenListener, failure: ListenFailure): void {
    if (!this.#open.has(open.number)) return
    const isNews = open.failure?.message !== failure.message
    open.failure = failure
    open.attempts += 1
    const { name } = open.listener
    if (isNews && !isPassing(open)) {
      this.#log.error(
        { code: 'listen_failed', listener: name, cause: failure.code },
        `listener '${name}': ${failure.message}`,
      )
    }
    clearTimeout(open.retry)
    const delayMs = Math.min(firstRetryMs * 2 ** (open.attempts - 1), longestRetryMs)
    open.retry = setTimeout(() => void this.#attempt(open), delayMs)
    this.#settle()
  }

  #close(open: OpenListener): void {
    clearTimeout(open.retry)
    this.#open.delete(open.number)
    this.#threads.sendAll({ kind: 'unlisten', listener: open.number })
    const { name } = open.listener
    this.#log.info({ code: 'listener_closed', listener: name }, `listener '${name}' is closed`)
  }

  #firstLive(): number | undefined {
    for (let thread = 0; thread < this.#threads.count; thread++) if (this.#threads.isLive(thread)) return thread
    return undefined
  }

  #settle(): void {
    if (!this.#isSettled()) return
    for (const resolve of this.#settling) resolve()
    this.#settling.clear()
  }

  #isSettled(): boolean {
    return [...this.#open.values()].every((open) => {
      if (open.failure !== undefined) return !isPassing(open)
      for (let thread = 0; thread < this.#threads.count; thread++) {
        if (this.#threads.isLive(thread) && !open.threads.has(thread)) return false
      }
      return true
    })
  }
}

/** A renamed listener is closed and opened again; that is rare, and its name is in every log line of it. */
function isSamePlace(a: ListenerSnapshot, b: ListenerSnapshot): boolean {
  return a.name === b.name && a.address === b.address && a.port === b.port
}

function isPassing({ isSuccessor, failure, attempts }: OpenListener): boolean {
  return isSuccessor && failure !== undefined && attempts <= passingAttempts
}

function stateOf({ threads, failure }: OpenListener): ListenerStatus['state'] {
  if (threads.size > 0) return 'listening'
  return failure === undefined ? 'starting' : 'failed'
}
