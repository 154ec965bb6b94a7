import { UserError } from '../kit/user-error.ts'
import { escapeControls } from './escape-controls.ts'
import { exitCodes } from './exit-codes.ts'
import { Interrupted } from './prompts.ts'
import type { Surroundings } from './surroundings.ts'

/** Says on stderr what failed and how to mend it; returns the exit code. */
export function reportError(error: unknown, how: { isJson: boolean; surroundings: Surroundings }): number {
  const { err, env } = how.surroundings
  if (error instanceof Interrupted) return exitCodes.interrupted
  if (error instanceof UserError) {
    err.write(how.isJson ? renderErrorObject(error.code, error.message, error.hint) : renderErrorLines(error))
    return exitCodes[error.code]
  }
  const message = error instanceof Error ? error.message : String(error)
  const report = `this is a bug in mtlb; please report it with the command line${env.MTLB_DEBUG === '1' ? '' : ' and the stack that MTLB_DEBUG=1 shows'}`
  if (how.isJson) err.write(renderErrorObject('bug', message, report))
  else err.write(`mtlb: ${escapeControls(message)}: ${report}\n`)
  if (env.MTLB_DEBUG === '1' && error instanceof Error) err.write(`${error.stack}\n`)
  return exitCodes.bug
}

function renderErrorLines({ message, hint }: UserError): string {
  const lines = message.split('\n').map(escapeControls).join('\n')
  return hint === undefined ? `mtlb: ${lines}\n` : `mtlb: ${lines}\n  ${escapeControls(hint)}\n`
}

function renderErrorObject(code: string, message: string, hint: string | undefined): string {
  return `${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`
}
