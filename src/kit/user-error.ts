/** Why an operator's command failed; the exit code follows from it. */
export type UserErrorCode =
  | 'failed'
  | 'usage'
  | 'not_found'
  | 'not_allowed'
  | 'conflict'
  | 'problems'
  | 'unreachable'
  | 'storage'
  | 'confirmation'

/** A failure that the operator can mend: the message names what failed and the value, the hint the way out. */
export class UserError extends Error {
  readonly code: UserErrorCode
  readonly hint: string | undefined

  constructor(code: UserErrorCode, message: string, hint?: string) {
    super(message)
    this.name = 'UserError'
    this.code = code
    this.hint = hint
  }
}
