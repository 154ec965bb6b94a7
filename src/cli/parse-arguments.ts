import { Command as Parser, CommanderError, Option } from 'commander'
import { UserError } from '../kit/user-error.ts'
import type { FlagValue, FlagValues } from './call.ts'
import type { Flag } from './command.ts'
import { didYouMean } from './did-you-mean.ts'
import { globalFlags } from './global-flags.ts'

export interface ParsedArguments {
  /** All words that are not flags, those that name the command included. */
  readonly words: readonly string[]
  readonly flags: FlagValues
}

/** Words and global flags, up to the first flag that only the command itself can know. */
export function parseLeadingWords(argv: readonly string[]): ParsedArguments {
  const parser = createParser(globalFlags)
  const { operands } = readArguments(parser, argv)
  return { words: operands, flags: readFlags(parser, globalFlags) }
}

/** Throws UserError('usage') for an unknown flag or one without its value; `helpCommand` is named as the way out. */
export function parseArguments(flags: readonly Flag[], argv: readonly string[], helpCommand: string): ParsedArguments {
  const parser = createParser(flags)
  const { operands, unknown } = readArguments(parser, argv, helpCommand)
  const [stranger] = unknown
  if (stranger !== undefined) throw refuse(stranger, flags.flatMap(spellings), helpCommand)
  return { words: operands, flags: readFlags(parser, flags) }
}

/** As commander declares it; help and parsing share this. */
export function createOptions(flag: Flag): Option[] {
  const start = flag.short === undefined ? '' : `-${flag.short}, `
  const end = flag.value === undefined ? '' : ` <${flag.value}>`
  const option = new Option(`${start}--${flag.name}${end}`, flag.summary)
  if (flag.isRepeatable) {
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
  }
  if (!flag.isNegatable) return [option]
  return [option, new Option(`--no-${flag.name}`, 'the opposite').hideHelp()]
}

function createParser(flags: readonly Flag[]): Parser {
  const parser = new Parser('mtlb').exitOverride().helpOption(false).helpCommand(false)
  parser.configureOutput({ outputError: () => {} })
  for (const option of flags.flatMap(createOptions)) parser.addOption(option)
  return parser
}

function readArguments(parser: Parser, argv: readonly string[], helpCommand = 'mtlb help') {
  try {
    return parser.parseOptions([...argv])
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    throw new UserError('usage', error.message.replace(/^error: /, ''), `See '${helpCommand}'.`)
  }
}

function readFlags(parser: Parser, flags: readonly Flag[]): FlagValues {
  const options = parser.opts<Record<string, FlagValue | undefined>>()
  return Object.fromEntries(flags.map((flag) => [flag.name, readFlag(options, flag.name)]))
}

// Commander files `--no-input` under `input`, false when given.
function readFlag(options: Record<string, FlagValue | undefined>, name: string): FlagValue | undefined {
  if (name.startsWith('no-')) return options[camelCase(name.slice(3))] === false || undefined
  return options[camelCase(name)]
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function refuse(stranger: string, known: readonly string[], helpCommand: string): UserError {
  const name = stranger.split('=', 1)[0]
  if (known.includes(name)) return new UserError('usage', `flag '${name}' takes no value`, `Write '${name}' alone.`)
  return new UserError('usage', `unknown flag '${name}'`, didYouMean(name, known) ?? `See '${helpCommand}'.`)
}

function spellings(flag: Flag): string[] {
  return flag.isNegatable ? [`--${flag.name}`, `--no-${flag.name}`] : [`--${flag.name}`]
}
