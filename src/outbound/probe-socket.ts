/** Where checks read into: each read is handled whole before the next one begins. */
export const readBuffer = Buffer.allocUnsafeSlow(64 * 1_024)

/** Why a connection could not be made or broke off, for people. */
export function connectProblem(code: string): string {
  return problems[code] ?? code
}

const problems: Readonly<Record<string, string>> = {
  '': 'closed before its answer was complete',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'closed before its answer was complete',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'its name has no address',
}
