import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'

export interface ServerOptions {
  readonly folder: string
  /** Number of data threads, 128 at most; one per core unless given. */
  readonly threads?: number
  /** How long `close` waits for what is under way; the setting `drain-timeout` unless given. */
  readonly drainMs?: number | undefined
  /** A data thread whose event loop stands still for so long is replaced. */
  readonly hangMs?: number
  readonly log?: Log
  readonly clock?: Clock
  /** Shown by status. */
  readonly version?: string
  /** What the threads run; tests put their own in place. */
  readonly dataThreadModule?: URL
  readonly recorderModule?: URL
}
