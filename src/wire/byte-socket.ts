import type { OutputSocket } from './socket-writer.ts'

/** What the owner of a socket is told. */
export interface SocketEvents {
  /** The bytes are only lent for the time of the call. */
  onBytes(buffer: Buffer, length: number): void
  /** The peer has taken everything, after `isClogged`. */
  onDrain(): void
  /** The peer has closed its side in good order; ours may go on. */
  onEnd(): void
  /** Both sides are closed. With an `errno` name where the connection broke, empty where both sides or its owner ended it. */
  onClose(why: string): void
}

/** A connection's bytes, both ways. Once it is closed, whatever is asked of it does nothing. */
export interface ByteSocket extends OutputSocket {
  /** That the kernel has taken of us; 0 once it is closed. */
  readonly takenBytes: number
  /** That have come; 0 once it is closed. */
  readonly receivedBytes: number
  /** By which the kernel's tables name it; see `findSocketInode`. */
  readonly inode: string | undefined
  /** The kernel keeps what the peer sends, and in the end stops it, until `resume`. */
  pause(): void
  resume(): void
  /** Our side closes once everything is out, of which `onSent` tells, also when that was asked for before. */
  end(onSent?: () => void): void
  /** Both sides close, what is unsent is dropped; `onClose` follows. */
  destroy(): void
  /** The same, and the peer sees that this was no orderly end. */
  reset(): void
}
