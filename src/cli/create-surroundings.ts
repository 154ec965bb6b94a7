import type { WriteStream } from 'node:tty'
import { systemClock } from '../kit/clock.ts'
import { exitCodes } from './exit-codes.ts'
import { terminalPrompts } from './prompts.ts'
import type { Output, Surroundings } from './surroundings.ts'

/** The real ones: this process, its terminal and its clock. */
export function createSurroundings(): Surroundings {
  return {
    env: process.env,
    out: createOutput(process.stdout),
    err: createOutput(process.stderr),
    clock: systemClock,
    prompts: terminalPrompts,
    isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    endOnInterrupt,
  }
}

function endOnInterrupt(): () => void {
  const end = () => process.exit(exitCodes.interrupted)
  process.once('SIGINT', end)
  return () => process.off('SIGINT', end)
}

function createOutput(stream: WriteStream): Output {
  return {
    // Undefined in a pipe, whatever its type says.
    isTerminal: stream.isTTY,
    width: stream.columns || 80,
    write: (text) => {
      stream.write(text)
    },
  }
}
