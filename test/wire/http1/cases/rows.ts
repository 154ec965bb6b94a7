import type { parseErrors } from '../../../../src/wire/http1/parse-error.ts'

/** A request that must be refused with that status and by that rule. */
export type RefusedRow = readonly [name: string, bytes: string, status: number, rule: keyof typeof parseErrors]

/** A GET with a valid Host, the given field lines and the end of the head. */
export function withFields(...lines: string[]): string {
  return ['GET / HTTP/1.1', 'Host: a.test', ...lines, '', ''].join('\r\n')
}

export function withLine(line: string): string {
  return `${line}\r\nHost: a.test\r\n\r\n`
}

export function withTarget(target: string): string {
  return withLine(`GET ${target} HTTP/1.1`)
}

export function withHost(host: string): string {
  return `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`
}
