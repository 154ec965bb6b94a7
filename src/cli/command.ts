import type { Choice } from '../kit/field/field.ts'
import type { Call } from './call.ts'

/** A word that may follow the command's own words: `mtlb pool add NAME`. */
export interface Operand {
  /** As help shows it: `NAME`, `URL`. */
  readonly name: string
  readonly summary: string
  readonly isOptional?: boolean
}

/** `--name VALUE`; without `value` it is a switch. */
export interface Flag {
  /** Without the dashes: `connect-timeout`. */
  readonly name: string
  readonly short?: string
  readonly value?: string
  readonly summary: string
  /** May be given several times; the call then holds a list. */
  readonly isRepeatable?: boolean
  /** `--name` and `--no-name`. */
  readonly isNegatable?: boolean
  /** The values it takes, where there are few. */
  readonly choices?: readonly Choice[]
}

export interface Example {
  readonly command: string
  readonly note?: string
}

/** One thing `mtlb` does. Parsing, help, completion and man pages all read this declaration. */
export interface Command {
  /** `['pool', 'add']`; a verb has one word. */
  readonly words: readonly string[]
  readonly summary: string
  /** Paragraphs below the summary. */
  readonly details?: string
  readonly operands?: readonly Operand[]
  readonly flags?: readonly Flag[]
  readonly examples?: readonly Example[]
  /** Handles SIGINT and SIGTERM itself; all others end with 130. */
  readonly ownsSignals?: boolean
  /** Throws UserError; otherwise returns the exit code, 0 when it returns nothing. */
  run(call: Call): void | number | Promise<void | number>
}

/** The first word of commands that belong together: a noun with its verbs, or a verb alone. */
export interface Topic {
  readonly name: string
  readonly summary: string
  readonly details?: string
  readonly examples?: readonly Example[]
  readonly commands: readonly Command[]
}
