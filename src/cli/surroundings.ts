import type { Clock } from '../kit/clock.ts'
import type { Prompts } from './prompts.ts'

/** Everything a command touches outside its store; tests hand in their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: Output
  readonly err: Output
  readonly clock: Clock
  readonly prompts: Prompts
  /** Stdin and stdout are both terminals, so a question reaches somebody. */
  readonly isInteractive: boolean
  /** From now on SIGINT ends the process with 130, until the returned function is called. */
  endOnInterrupt(): () => void
}

export interface Output {
  readonly isTerminal: boolean
  /** Columns of the terminal. */
  readonly width: number
  write(text: string): void
}
