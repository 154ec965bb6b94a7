import { STATUS_CODES } from 'node:http'

const phrases: readonly string[] = Array.from({ length: 600 }, (_, status) => STATUS_CODES[status] ?? '')

/** RFC 9110 section 15: the registered phrase; empty for a status that has none (RFC 9112 section 4 allows that). */
export function reasonPhrase(status: number): string {
  return phrases[status] ?? ''
}
