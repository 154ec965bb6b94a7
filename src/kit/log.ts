import { destination as openDestination, pino, stdTimeFunctions } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type Log = Logger

export interface LogOptions {
  /** The thread that speaks: `main`, `data-0`, `recorder`. */
  readonly name: string
  /** Where lines go; standard error unless a test listens. */
  readonly destination?: DestinationStream
}

const maxUnwrittenBytes = 2 ** 20

/** A log of JSON lines. `MTLB_LOG` sets the level: trace, debug, info (default), warn, error, fatal or silent. */
export function createLog({ name, destination }: LogOptions): Log {
  const options = {
    name,
    level: chooseLevel(process.env.MTLB_LOG),
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return pino(options, destination ?? openStandardError())
}

/** Synchronous, so that the last words before an exit are not lost; a line is one write. */
function openStandardError(): DestinationStream {
  const stream = openDestination({ dest: 2, sync: true, maxLength: maxUnwrittenBytes })
  // A full disk below the log must not end the server: what waits is written when there is room again, the rest is lost.
  stream.on('error', () => {})
  return stream
}

function chooseLevel(wanted: string | undefined): string {
  const level = wanted?.toLowerCase() ?? 'info'
  return level === 'silent' || level in pino.levels.values ? level : 'info'
}
