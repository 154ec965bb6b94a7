import type { Clock } from '../kit/clock.ts'
import { readSendQueues } from '../kit/send-queues.ts'
import type { Expiring } from '../kit/sweeper.ts'

/** A socket, as far as its peer can get stuck. */
export interface StuckSocket {
  /** Bytes wait in this process because the kernel does not take them, and the peer is to blame if it stays so. */
  readonly isBehind: boolean
  /** Nothing is read from it, so that nothing else would tell that the peer has gone. */
  readonly isPaused: boolean
  /** Grows whenever the kernel takes bytes, and with whatever else shows that the peer is at work. */
  readonly takenBytes: number
  /** See `findSocketInode`. */
  readonly inode: string | undefined
  /** How long its peer may take nothing. */
  readonly stallMs: number
  /** Finds out whether its connection still stands; if not, it ends. */
  probe(): void
  /** Its peer has taken nothing for as long as it may. */
  onStall(): void
}

/** How often a socket is looked at while its peer may take nothing. */
const looksPerTimeout = 16

/**
 * Sockets of one data thread and direction whose peers do not take what is written, and such as are not read: who takes
 * nothing for its time is cut off, however slowly the others read, and who has gone is noticed. A socket is looked at a few
 * times within its time; it has moved on when the kernel took bytes of us or the peer's kernel acknowledged some.
 */
export class StuckSockets implements Expiring {
  deadlineUs = 0
  readonly #clock: Clock
  readonly #sockets = new Map<StuckSocket, Progress>()
  #isLooking = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** It is watched until it is neither behind nor paused any more. */
  add(socket: StuckSocket): void {
    if (this.#sockets.has(socket)) return
    const nowUs = this.#clock.monotonicUs()
    this.#sockets.set(socket, new Progress(socket.takenBytes, nowUs))
    if (!this.#isLooking) this.#lookBy(lookUs(socket, nowUs))
  }

  delete(socket: StuckSocket): void {
    this.#sockets.delete(socket)
  }

  onDeadline(): void {
    const nowUs = this.#clock.monotonicUs()
    const inodes = new Set<string>()
    let areAnyUnmoved = false
    for (const [socket, progress] of this.#sockets) {
      if (!socket.isBehind) this.#lookAtTaker(socket, progress)
      else if (!progress.sawTaken(socket.takenBytes, nowUs)) {
        areAnyUnmoved = true
        progress.inode ??= socket.inode
        if (progress.inode !== undefined) inodes.add(progress.inode)
      }
    }
    // The next look begins when this one is over.
    this.deadlineUs = 0
    this.#isLooking = true
    if (inodes.size > 0) readSendQueues(inodes, (queuedBytes) => this.#judge(queuedBytes))
    else if (areAnyUnmoved) this.#judge(new Map())
    else this.#lookAgain(nowUs)
  }

  /** A socket that is not behind is not stuck, or is not read, and may get behind later. */
  #lookAtTaker(socket: StuckSocket, progress: Progress): void {
    if (!socket.isPaused) return void this.#sockets.delete(socket)
    progress.sinceUs = this.#clock.monotonicUs()
    socket.probe()
  }

  #judge(queuedBytes: ReadonlyMap<string, number>): void {
    const nowUs = this.#clock.monotonicUs()
    for (const [socket, progress] of this.#sockets) {
      if (!socket.isBehind || progress.sawTaken(socket.takenBytes, nowUs)) continue
      if (progress.inode !== undefined) progress.sawQueued(queuedBytes.get(progress.inode), nowUs)
      if (nowUs - progress.sinceUs < socket.stallMs * 1_000) continue
      this.#sockets.delete(socket)
      socket.onStall()
    }
    this.#lookAgain(nowUs)
  }

  #lookAgain(nowUs: number): void {
    this.#isLooking = false
    for (const socket of this.#sockets.keys()) this.#lookBy(lookUs(socket, nowUs))
  }

  #lookBy(atUs: number): void {
    if (this.deadlineUs === 0 || atUs < this.deadlineUs) this.deadlineUs = atUs
  }
}

function lookUs({ stallMs }: StuckSocket, nowUs: number): number {
  return nowUs + (stallMs * 1_000) / looksPerTimeout
}

/** What was last seen of a socket that is behind, and since when it has not changed. */
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

  /** The kernel has taken no more: its queue is shorter only when the peer's kernel has taken some of it. */
  sawQueued(queuedBytes: number | undefined, nowUs: number): void {
    if (queuedBytes !== undefined && this.#queuedBytes !== undefined && queuedBytes < this.#queuedBytes) {
      this.sinceUs = nowUs
    }
    this.#queuedBytes = queuedBytes
  }
}
