import type { Clock } from '../kit/clock.ts'
import { readSendQueues } from '../kit/send-queues.ts'
import type { Expiring } from '../kit/sweeper.ts'

/** A client's socket, as far as it can get stuck. */
export interface StuckClient {
  /** Bytes wait in this process because the kernel does not take them. */
  readonly isBehind: boolean
  /** Nothing is read from it. */
  readonly isPaused: boolean
  /** Bytes that the kernel has taken. */
  readonly takenBytes: number
  /** See `findSocketInode`. */
  readonly inode: string | undefined
  /** Finds out whether its connection still stands; if not, it ends. */
  probe(): void
  /** It has taken nothing for as long as it may. */
  onStall(): void
}

/** How often a client is looked at while it may take nothing. */
const looksPerTimeout = 16

/**
 * Clients of one data thread that do not take what is written, and such as are not read: who takes nothing for the write
 * timeout is cut off, however slowly the others read, and who has gone is noticed. A client is looked at a few times within
 * its timeout; it has moved on when the kernel took bytes of us or the client's kernel acknowledged some.
 */
export class StuckClients implements Expiring {
  deadlineUs = 0
  readonly #clock: Clock
  readonly #timeoutMs: () => number
  readonly #clients = new Map<StuckClient, Progress>()

  constructor(clock: Clock, timeoutMs: () => number) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** It is watched until it is neither behind nor paused any more. */
  add(client: StuckClient): void {
    if (this.#clients.has(client)) return
    const nowUs = this.#clock.monotonicUs()
    this.#clients.set(client, new Progress(client.takenBytes, nowUs))
    if (this.deadlineUs === 0) this.#lookAfter(nowUs)
  }

  delete(client: StuckClient): void {
    this.#clients.delete(client)
  }

  onDeadline(): void {
    const nowUs = this.#clock.monotonicUs()
    const inodes = new Set<string>()
    let areAnyUnmoved = false
    for (const [client, progress] of this.#clients) {
      if (!client.isBehind) this.#lookAtTaker(client, progress)
      else if (!progress.sawTaken(client.takenBytes, nowUs)) {
        areAnyUnmoved = true
        progress.inode ??= client.inode
        if (progress.inode !== undefined) inodes.add(progress.inode)
      }
    }
    // The next look begins when this one is over.
    this.deadlineUs = 0
    if (inodes.size > 0) readSendQueues(inodes, (queuedBytes) => this.#judge(queuedBytes))
    else if (areAnyUnmoved) this.#judge(new Map())
    else if (this.#clients.size > 0) this.#lookAfter(nowUs)
  }

  /** A client that is not behind is not stuck, or is not read, and may get behind later. */
  #lookAtTaker(client: StuckClient, progress: Progress): void {
    if (!client.isPaused) return void this.#clients.delete(client)
    progress.sinceUs = this.#clock.monotonicUs()
    client.probe()
  }

  #judge(queuedBytes: ReadonlyMap<string, number>): void {
    const nowUs = this.#clock.monotonicUs()
    const timeoutUs = this.#timeoutMs() * 1_000
    for (const [client, progress] of this.#clients) {
      if (!client.isBehind || progress.sawTaken(client.takenBytes, nowUs)) continue
      if (progress.inode !== undefined) progress.sawQueued(queuedBytes.get(progress.inode), nowUs)
      if (nowUs - progress.sinceUs < timeoutUs) continue
      this.#clients.delete(client)
      client.onStall()
    }
    if (this.#clients.size > 0) this.#lookAfter(nowUs)
  }

  #lookAfter(nowUs: number): void {
    this.deadlineUs = nowUs + (this.#timeoutMs() * 1_000) / looksPerTimeout
  }
}

/** What was last seen of a client that is behind, and since when it has not changed. */
class Progress {
  sinceUs: number
  inode: string | undefined = undefined
  #takenBytes: number
  #queuedBytes: number | undefined = undefined

  constructor(takenBytes: number, nowUs: number) {
    this.#takenBytes = takenBytes
    this.sinceUs = nowUs
  }

  /** Whether the kernel has taken more. */
  sawTaken(takenBytes: number, nowUs: number): boolean {
    if (takenBytes === this.#takenBytes) return false
    this.#takenBytes = takenBytes
    this.#queuedBytes = undefined
    this.sinceUs = nowUs
    return true
  }

  /** The kernel has taken no more: its queue is shorter only when the client's kernel has taken some of it. */
  sawQueued(queuedBytes: number | undefined, nowUs: number): void {
    if (queuedBytes !== undefined && this.#queuedBytes !== undefined && queuedBytes < this.#queuedBytes) {
      this.sinceUs = nowUs
    }
    this.#queuedBytes = queuedBytes
  }
}
