import { readThreadCell, threadCell } from '../slab/thread-cells.ts'
import type { Slab } from '../slab/slab.ts'

export interface HeartbeatsPlan {
  readonly slab: Slab
  /** How long a thread may give no sign of life. */
  readonly hangMs: number
  /** A thread that is starting, held back or ending owes no heartbeat. */
  readonly isWatched: (thread: number) => boolean
  /** Called once per silence, when it has lasted `hangMs`. */
  readonly onHang: (thread: number) => void
}

/** Looks per `hangMs`: looks are counted, not time, so that a machine that slept accuses nobody. */
const looksToHang = 10
const looksToDoubt = 3

/** Notices data threads whose event loop stands still: they hold connections and serve nobody. */
export class Heartbeats {
  readonly #plan: HeartbeatsPlan
  readonly #lastBeats: number[]
  readonly #silentLooks: number[]
  #timer: NodeJS.Timeout | undefined

  constructor(plan: HeartbeatsPlan) {
    this.#plan = plan
    this.#lastBeats = Array.from({ length: plan.slab.threads }, () => -1)
    this.#silentLooks = Array.from({ length: plan.slab.threads }, () => 0)
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), this.#plan.hangMs / looksToHang)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Silent for so long that it may hang: shown to the operator before anything is done. */
  isDoubtful(thread: number): boolean {
    return this.#silentLooks[thread] >= looksToDoubt
  }

  look(): void {
    for (let thread = 0; thread < this.#lastBeats.length; thread++) this.#lookAt(thread)
  }

  #lookAt(thread: number): void {
    const { slab, isWatched, onHang } = this.#plan
    const beats = readThreadCell(slab, thread, threadCell.heartbeat)
    const isSilent = isWatched(thread) && beats === this.#lastBeats[thread]
    this.#lastBeats[thread] = beats
    this.#silentLooks[thread] = isSilent ? this.#silentLooks[thread] + 1 : 0
    if (this.#silentLooks[thread] === looksToHang) onHang(thread)
  }
}
