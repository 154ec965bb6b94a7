import type { Clock } from '../kit/clock.ts'

/** What came of one look. */
export type Finding<Value> =
  | { readonly values: readonly Value[]; readonly goodForMs: number }
  /** Why nobody knows. What was found before stays. */
  | { readonly failure: string }

/** One thing that endpoints come from: a name, a service, a file, a command. It is looked at again and again. */
export interface Source<Value> {
  readonly key: string
  /** The last good answer; undefined: there was none. */
  values: readonly Value[] | undefined
  /** Why the last look has come to nothing; empty: it has not. */
  failure: string
  /** When it was looked at last, and when that brought something else than before. */
  lookedMs: number
  sinceMs: number
  dueUs: number
  /** There was an answer, or there was time enough for one. */
  isSettled: boolean
}

interface Entry<Value> extends Source<Value> {
  /** Tenants whose endpoints come from it. */
  readonly users: Set<number>
  readonly askedUs: number
  /** In a row. */
  failures: number
  isRunning: boolean
  /** What it looks at has changed while it looked. */
  mustRunAgain: boolean
}

export type Move = 'changed' | 'failed' | 'recovered'

export interface SourcesParts<Value> {
  readonly clock: Clock
  readonly find: (key: string, last: readonly Value[] | undefined) => Promise<Finding<Value>>
  /** Something else is known of a source than before, or it is waited for no longer. */
  readonly onMove: (source: Source<Value>, move: Move, users: ReadonlySet<number>) => void
  /** Nobody uses that source any more. */
  readonly onDrop?: (key: string) => void
  /** What was found before the server started, by key; good until there is an answer. */
  readonly remembered?: Readonly<Record<string, readonly Value[]>> | undefined
  /** Looks under way at once. */
  readonly mostRunning: number
  /** Time until a look that has failed is made again: the first time, and at most. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
}

/** Whoever waits for a first answer waits no longer. */
export const longestWaitMs = 2_000

/** All sources of one kind, each there as long as some tenant uses it. */
export class Sources<Value> {
  readonly #parts: SourcesParts<Value>
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #keysOf = new Map<number, Set<string>>()
  #running = 0

  constructor(parts: SourcesParts<Value>) {
    this.#parts = parts
  }

  get size(): number {
    return this.#entries.size
  }

  /** What is known; the tenant uses it from now on. A source that is new is looked at at once. */
  ask(key: string, user: number): Source<Value> {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = createEntry(key, this.#parts)
      this.#entries.set(key, entry)
      this.#tryRun(entry)
    }
    entry.users.add(user)
    const keys = this.#keysOf.get(user)
    if (keys === undefined) this.#keysOf.set(user, new Set([key]))
    else keys.add(key)
    return entry
  }

  /** The tenant uses these and no others. */
  keep(user: number, keys: ReadonlySet<string>): void {
    for (const key of this.#keysOf.get(user) ?? []) {
      const entry = this.#entries.get(key)
      if (keys.has(key) || entry === undefined) continue
      entry.users.delete(user)
      if (entry.users.size === 0) this.#drop(key)
    }
    if (keys.size === 0) this.#keysOf.delete(user)
    else this.#keysOf.set(user, new Set(keys))
  }

  /** Looks at whatever is due, and lets nobody wait for a first answer that does not come. */
  look(): void {
    const nowUs = this.#parts.clock.monotonicUs()
    for (const entry of this.#entries.values()) {
      if (!entry.isSettled && nowUs - entry.askedUs >= longestWaitMs * 1_000) this.#move(entry, 'failed')
      if (entry.dueUs <= nowUs) this.#tryRun(entry)
    }
  }

  /** Something has happened that may change the answer: of one source, or of all. */
  hurry(key?: string): void {
    for (const entry of this.#entries.values()) {
      if (key !== undefined && entry.key !== key) continue
      entry.dueUs = 0
      entry.mustRunAgain = entry.isRunning
      this.#tryRun(entry)
    }
  }

  /** The last good answer of each. */
  answers(): Readonly<Record<string, readonly Value[]>> {
    return Object.fromEntries([...this.#entries].flatMap(([key, { values }]) => (values ? [[key, values]] : [])))
  }

  close(): void {
    for (const key of this.#entries.keys()) this.#drop(key)
    this.#keysOf.clear()
  }

  #drop(key: string): void {
    this.#entries.delete(key)
    this.#parts.onDrop?.(key)
  }

  #tryRun(entry: Entry<Value>): void {
    if (!entry.isRunning && this.#running < this.#parts.mostRunning) void this.#run(entry)
  }

  async #run(entry: Entry<Value>): Promise<void> {
    const { clock, find } = this.#parts
    entry.isRunning = true
    this.#running += 1
    const finding = await find(entry.key, entry.values).catch(describeDefect)
    this.#running -= 1
    entry.isRunning = false
    if (this.#entries.get(entry.key) !== entry) return
    entry.lookedMs = clock.wallMs()
    const waitMs = 'failure' in finding ? this.#takeFailure(entry, finding.failure) : this.#takeValues(entry, finding)
    entry.dueUs = entry.mustRunAgain ? 0 : clock.monotonicUs() + 1_000 * waitMs
    entry.mustRunAgain = false
  }

  /** A single failure says little where there is a good answer: what was half written is whole at the next look. */
  #takeFailure(entry: Entry<Value>, failure: string): number {
    const { firstRetryMs, longestRetryMs } = this.#parts
    entry.failures += 1
    entry.failure = failure
    const isNews = entry.failures === (entry.values === undefined ? 1 : 2)
    if (isNews || !entry.isSettled) this.#move(entry, 'failed')
    return Math.min(longestRetryMs, firstRetryMs * 2 ** (entry.failures - 1))
  }

  #takeValues(entry: Entry<Value>, { values, goodForMs }: Extract<Finding<Value>, { values: unknown }>): number {
    const hadFailed = entry.failures > (entry.values === undefined ? 0 : 1)
    const isChanged = !isSame(entry.values, values)
    entry.failures = 0
    entry.failure = ''
    entry.values = values
    if (hadFailed) this.#move(entry, 'recovered')
    else if (isChanged || !entry.isSettled) this.#move(entry, 'changed')
    return goodForMs
  }

  #move(entry: Entry<Value>, move: Move): void {
    entry.isSettled = true
    entry.sinceMs = this.#parts.clock.wallMs()
    this.#parts.onMove(entry, move, entry.users)
  }
}

function createEntry<Value>(key: string, { clock, remembered = {} }: SourcesParts<Value>): Entry<Value> {
  return {
    key,
    values: Object.hasOwn(remembered, key) ? remembered[key] : undefined,
    failure: 'it is being looked up',
    lookedMs: 0,
    sinceMs: clock.wallMs(),
    dueUs: 0,
    isSettled: false,
    users: new Set(),
    askedUs: clock.monotonicUs(),
    failures: 0,
    isRunning: false,
    mustRunAgain: false,
  }
}

/** It costs a look, and nobody else anything. */
function describeDefect(error: unknown): { readonly failure: string } {
  return { failure: `a defect of mtlb: ${error instanceof Error ? error.message : String(error)}` }
}

/** Finders give what they find in an order of its own. */
function isSame<Value>(before: readonly Value[] | undefined, after: readonly Value[]): boolean {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after)
}
