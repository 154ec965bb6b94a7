import { readFileSync } from 'node:fs'
import type { ItemChange } from '../config/compare-items.ts'
import type { Item } from '../config/item.ts'
import type { Mistake } from '../config/parse-document.ts'
import { UserError } from '../kit/user-error.ts'
import type { Call } from './call.ts'
import { textFlag } from './call.ts'
import type { Flag } from './command.ts'

export const fileFlag: Flag = {
  name: 'file',
  short: 'f',
  value: 'file',
  summary: "Document of the configuration, as 'mtlb export' writes it; - reads standard input.",
}

/** A document that was read, and what it is called in messages. */
export interface ConfigFile {
  readonly name: string
  readonly items: readonly Item[]
}

const mostBytes = 256 * 2 ** 20
const mostTold = 20

/** Reads the document that `--file` names. Throws UserError: 'usage', 'not_found', and 'problems' with file, line and path of each. */
export async function readConfigFile(call: Call): Promise<ConfigFile> {
  const given = textFlag(call, 'file')
  if (given === undefined) throw new UserError('usage', '--file is missing', `Write '${call.commandLine} -f FILE'.`)
  const name = given === '-' ? 'standard input' : given
  const text = readText(given, name)
  const { parseDocument } = await import('../config/parse-document.ts')
  const parsed = parseDocument(text)
  if ('mistakes' in parsed) throw createMistakes(name, parsed.mistakes)
  return { name, items: parsed.items }
}

/** `acme.yaml:12: tenants.acme.routes.api.path: path 'x' is not …`, one line each. */
export function createMistakes(name: string, mistakes: readonly Mistake[]): UserError {
  const lines = mistakes
    .slice(0, mostTold)
    .map(
      ({ line, path, message }) =>
        `${name}${line === 0 ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${message}`,
    )
  const more = mistakes.length - lines.length
  return new UserError(
    'problems',
    [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    'Nothing was changed.',
  )
}

/** What the writer refuses, with its place in the document where it has one. */
export function createRefusal({ name }: ConfigFile) {
  return ({ after }: ItemChange, { code, message, hint }: UserError): UserError => {
    const place = after?.place === undefined ? '' : `${name}:${after.place.line}: ${after.place.path}: `
    return new UserError(code, place + message, hint)
  }
}

function readText(given: string, name: string): string {
  try {
    const bytes = readFileSync(given === '-' ? 0 : given)
    if (bytes.length > mostBytes) throw new UserError('usage', `${name} has more than ${mostBytes} bytes`)
    return bytes.toString('utf8')
  } catch (error) {
    if (error instanceof UserError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UserError(code === 'ENOENT' ? 'not_found' : 'usage', `'${given}' cannot be read: ${code}`)
  }
}
