import { get } from './request-case.ts'

/** What an endpoint answers, what the client gets of it, and what becomes of the endpoint's connection. */
export interface AnswerCase {
  readonly name: string
  readonly request: string
  /** In one write; one latin1 character per byte. */
  readonly answer: string
  /** The endpoint closes its side behind the answer. */
  readonly isLast: boolean
  /** Interim answers too; the one word stands for a 502 in mtlb's own name. */
  readonly told: readonly Told[] | 'bad gateway'
  /** Whether the connection serves another request. */
  readonly connection: 'kept' | 'burnt'
  /** The client's own connection ends too. */
  readonly isClosed: boolean
}

/** An answer as the client gets it. */
export interface Told {
  /** With `ID` for the request id, and `NOW` for a date of mtlb's own. */
  readonly head: string
  /** Without its framing. */
  readonly body: string
}

type Differences = Partial<Omit<AnswerCase, 'name' | 'answer'>>

/** Nothing of it reaches the client, and the connection serves nobody again. */
export function broken(name: string, answer: string, differences: Differences = {}): AnswerCase {
  const rest = { request: get(), isLast: false, isClosed: false }
  return { name, answer, told: 'bad gateway', connection: 'burnt', ...rest, ...differences }
}

/** The answer reaches the client and the connection is used again. */
export function kept(
  name: string,
  answer: string,
  told: Told | readonly Told[],
  differences: Differences = {},
): AnswerCase {
  const rest = { request: get(), isLast: false, isClosed: false }
  const all = 'head' in told ? [told] : told
  return { name, answer, told: all, connection: 'kept', ...rest, ...differences }
}

/** The answer reaches the client, and the connection serves nobody again. */
export function burnt(name: string, answer: string, told: Told, differences: Differences = {}): AnswerCase {
  return kept(name, answer, told, { connection: 'burnt', ...differences })
}

/** An answer's head. */
export function head(status: string, ...fields: readonly string[]): string {
  return [`HTTP/1.1 ${status}`, ...fields, '', ''].join('\r\n')
}

/** What the client gets of an answer without a date; the framing is the last of the fields. */
export function told(status: string, fields: readonly string[], body = ''): Told {
  const isFramed = /^(?:content-length|transfer-encoding):/i.test(fields.at(-1) ?? '')
  const framing = isFramed ? fields.slice(-1) : []
  const copied = isFramed ? fields.slice(0, -1) : fields
  return { head: head(status, ...copied, 'Date: NOW', ...framing, 'X-Request-Id: ID'), body }
}

/** An interim answer: mtlb adds nothing to it. */
export function toldBefore(status: string, ...fields: readonly string[]): Told {
  return { head: head(status, ...fields), body: '' }
}
