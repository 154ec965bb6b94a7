import { broken, head } from '../answer-case.ts'
import type { AnswerCase } from '../answer-case.ts'

const start = head('200 OK', 'Transfer-Encoding: chunked')

/** RFC 9112 section 7.1: bad chunks, in one piece with the head, so that nothing has been passed on yet. */
const bodies: readonly (readonly [name: string, bytes: string])[] = [
  ['a size with a plus', '+5\r\nhello\r\n0\r\n\r\n'],
  ['a size with a minus', '-5\r\nhello\r\n0\r\n\r\n'],
  ['a size with 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a space before a size', ' 5\r\nhello\r\n0\r\n\r\n'],
  ['a space behind a size', '5 \r\nhello\r\n0\r\n\r\n'],
  ['no size', '\r\nhello\r\n0\r\n\r\n'],
  ['letters for a size', 'hello\r\n0\r\n\r\n'],
  ['a size of 17 digits', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
  ['a size of 2^64 - 1', 'ffffffffffffffff\r\nhello\r\n0\r\n\r\n'],
  ['a size that ends in LF', '5\nhello\r\n0\r\n\r\n'],
  ['a size that ends in CR', '5\rhello\r\n0\r\n\r\n'],
  ['a chunk that ends in LF', '5\r\nhello\n0\r\n\r\n'],
  ['a chunk without an end', '5\r\nhello0\r\n\r\n'],
  ['a chunk one byte too long', '5\r\nhello!\r\n0\r\n\r\n'],
  ['a last chunk that ends in LF', '5\r\nhello\r\n0\n\r\n'],
  ['an end of LF', '5\r\nhello\r\n0\r\n\n'],
  ['an extension with LF', '5;a\nb\r\nhello\r\n0\r\n\r\n'],
  ['an extension with CR', '5;a\rb\r\nhello\r\n0\r\n\r\n'],
  ['an extension over 1 KiB', `5;${'a'.repeat(1_025)}\r\nhello\r\n0\r\n\r\n`],
  ['an extension without a name', '5;\r\nhello\r\n0\r\n\r\n'],
  ['a trailing Content-Length', '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n'],
  ['a trailing Transfer-Encoding', '5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['a folded trailer field', '5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n'],
  ['an answer in the trailers', '5\r\nhello\r\n0\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['a trailer section over 8 KiB', `5\r\nhello\r\n0\r\n${`A: ${'b'.repeat(1_000)}\r\n`.repeat(9)}\r\n`],
]

export const brokenBodies: readonly AnswerCase[] = bodies.map(([name, bytes]) =>
  broken(`a chunked answer with ${name}`, start + bytes),
)
