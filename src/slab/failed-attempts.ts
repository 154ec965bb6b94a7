/** An attempt that did not answer its request. */
export interface FailedAttempt {
  readonly endpointId: number
  /** Code of its fault, the status that was not good enough, or `outrun`: another attempt was faster. */
  readonly code: string
}

/** What a record says of them: `12=endpoint_connect,13=503`. */
export interface Attempted {
  /** Of the attempt under way. */
  readonly endpointId: number
  failedAttempts: string
}

/** The attempt under way has ended without an answer, and another one follows. */
export function addFailedAttempt(attempted: Attempted, code: string): void {
  const before = attempted.failedAttempts
  attempted.failedAttempts = `${before}${before === '' ? '' : ','}${attempted.endpointId}=${code}`
}

/** In the order in which they ended. */
export function parseFailedAttempts(text: string): FailedAttempt[] {
  if (text === '') return []
  return text.split(',').map((part) => {
    const at = part.indexOf('=')
    return { endpointId: Number(part.slice(0, at)), code: part.slice(at + 1) }
  })
}
