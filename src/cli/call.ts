import type { Printer } from './print/print.ts'
import type { Surroundings } from './surroundings.ts'

/** A command as it was called, parsed: what its `run` gets. */
export interface Call {
  /** `host`, `add`: which command it is. */
  readonly words: readonly string[]
  readonly operands: readonly string[]
  readonly flags: FlagValues
  /** As typed, quoted for a shell; goes into the audit trail. Secrets are never arguments. */
  readonly commandLine: string
  readonly surroundings: Surroundings
  readonly print: Printer
  /** The data folder; `--data`, `MTLB_DATA` or the default. */
  readonly folder: string
  /** Questions reach somebody and `--no-input` was not given. */
  readonly mayAsk: boolean
}

export type FlagValue = string | boolean | readonly string[]
/** By flag name without dashes; only flags that were given. A negated `wait` is false. */
export type FlagValues = Readonly<Record<string, FlagValue | undefined>>

/** Undefined when the flag was not given. */
export function textFlag(call: Call, name: string): string | undefined {
  const value = call.flags[name]
  return typeof value === 'string' ? value : undefined
}

/** Every value of a repeatable flag, in order; empty when it was not given. */
export function listFlag(call: Call, name: string): readonly string[] {
  const value = call.flags[name]
  return Array.isArray(value) ? value : []
}

export function isFlagSet(call: Call, name: string): boolean {
  return call.flags[name] === true
}

/** Arguments as one line that a POSIX shell reads back as the same words. */
export function renderCommandLine(argv: readonly string[]): string {
  return ['mtlb', ...argv.map(quoteWord)].join(' ')
}

function quoteWord(word: string): string {
  if (/^[\w./:@%+=,*-]+$/.test(word)) return word
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
