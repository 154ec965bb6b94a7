import { UserError } from '../kit/user-error.ts'
import { resolveDataFolder } from '../store/data-folder.ts'
import type { Call, FlagValues } from './call.ts'
import { renderCommandLine } from './call.ts'
import type { Command } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { findCommand } from './find-command.ts'
import { flagsOf, globalFlags } from './global-flags.ts'
import { parseArguments, parseLeadingWords } from './parse-arguments.ts'
import { createPrinter } from './print/print.ts'
import { reportError } from './report-error.ts'
import type { Surroundings } from './surroundings.ts'

/** Runs one command line (without `mtlb` itself) and returns the exit code. Never throws. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await dispatch(argv, surroundings)
  } catch (error) {
    return reportError(error, { isJson: argv.includes('--json'), err: surroundings.err, env: surroundings.env })
  }
}

async function dispatch(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const leading = parseLeadingWords(argv)
  const found = await findCommand(leading.words, argv)
  const { command } = found
  if (command === undefined || found.wantsHelp || asksForHelp(argv)) {
    if (!asksForHelp(argv)) parseArguments(globalFlags, argv, 'mtlb help')
    const { renderHelp } = await import('./help/render-help.ts')
    const { out } = surroundings
    const look = { width: Math.min(out.width, 120), hasColors: hasColors(leading.flags, surroundings) }
    out.write(await renderHelp(found, look))
    return exitCodes.ok
  }
  const { words, flags } = parseArguments(flagsOf(command), argv, `mtlb help ${command.words.join(' ')}`)
  const operands = words.slice(command.words.length)
  checkOperands(command, operands)
  if (!command.ownsSignals) surroundings.endOnInterrupt()
  const code = await command.run(createCall(argv, { command, operands, flags, surroundings }))
  return code ?? exitCodes.ok
}

interface Parsed {
  readonly command: Command
  readonly operands: readonly string[]
  readonly flags: FlagValues
  readonly surroundings: Surroundings
}

function createCall(argv: readonly string[], { command, operands, flags, surroundings }: Parsed): Call {
  const { out, err, env } = surroundings
  const isQuiet = flags.quiet === true
  const isJson = flags.json === true
  return {
    words: command.words,
    operands,
    flags,
    surroundings,
    commandLine: renderCommandLine(argv),
    print: createPrinter({ out, err, isJson, isQuiet, hasColors: hasColors(flags, surroundings) }),
    folder: resolveDataFolder(typeof flags.data === 'string' ? flags.data : undefined, env),
    mayAsk: surroundings.isInteractive && flags['no-input'] !== true && !isJson,
  }
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const known = command.operands?.length ?? 0
  if (operands.length <= known) return
  const helpCommand = `mtlb help ${command.words.join(' ')}`
  throw new UserError('usage', `unexpected word '${operands[known]}'`, `See '${helpCommand}'.`)
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

function hasColors(flags: FlagValues, { env, out }: Surroundings): boolean {
  if (typeof flags.color === 'boolean') return flags.color
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return out.isTerminal && env.TERM !== 'dumb'
}
