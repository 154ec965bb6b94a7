import { UserError } from '../kit/user-error.ts'
import { exitCodes } from './exit-codes.ts'
import { encodeJson } from './print/encode-json.ts'
import { escapeControls } from './print/escape-controls.ts'
import { Interrupted } from './prompts.ts'
import type { Output, Surroundings } from './surroundings.ts'

interface ErrorReport {
  readonly isJson: boolean
  readonly err: Output
  readonly env: Surroundings['env']
}

/** Says on stderr what failed and how to mend it; returns the exit code. */
export function reportError(error: unknown, { isJson, err, env }: ErrorReport): number {
  if (error instanceof Interrupted) return exitCodes.interrupted
  if (error instanceof UserError) {
    err.write(isJson ? renderErrorObject(error.code, error.message, error.hint) : renderErrorLines(error))
    return exitCodes[error.code]
  }
  const message = error instanceof Error ? error.message : String(error)
  const isDebugged = env.MTLB_DEBUG === '1'
  const plea = `this is a bug in mtlb; please report it${isDebugged ? '' : ' with what MTLB_DEBUG=1 shows'}`
  err.write(isJson ? renderErrorObject('bug', message, plea) : `mtlb: ${escapeControls(message)}: ${plea}\n`)
  if (isDebugged && error instanceof Error) err.write(`${error.stack}\n`)
  return exitCodes.bug
}

function renderErrorLines({ message, hint }: UserError): string {
  const lines = message.split('\n').map(escapeControls).join('\n')
  return hint === undefined ? `mtlb: ${lines}\n` : `mtlb: ${lines}\n  ${escapeControls(hint)}\n`
}

function renderErrorObject(code: string, message: string, hint: string | undefined): string {
  return `${encodeJson({ error: { code, message, hint: hint ?? null } })}\n`
}
