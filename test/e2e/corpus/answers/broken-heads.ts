import { broken, head } from '../answer-case.ts'
import type { AnswerCase } from '../answer-case.ts'
import { get, message, post } from '../request-case.ts'

const ok = (...fields: readonly string[]) => `${head('200 OK', ...fields)}hello`
const chunked = 'Transfer-Encoding: chunked'

/** RFC 9112 sections 6.1 to 6.3; the same bytes that a client must not send. */
const framings: readonly (readonly [name: string, ...lines: string[]])[] = [
  ['Content-Length and Transfer-Encoding', 'Content-Length: 5', chunked],
  ['Transfer-Encoding and Content-Length', chunked, 'Content-Length: 5'],
  ['both lengths in odd case', 'cONTENT-lENGTH: 5', 'tRANSFER-eNCODING: chunked'],
  ['two different lengths', 'Content-Length: 5', 'Content-Length: 6'],
  ['two equal lengths', 'Content-Length: 5', 'Content-Length: 5'],
  ['a list of lengths', 'Content-Length: 5, 5'],
  ['an empty length', 'Content-Length:'],
  ['a length with a plus', 'Content-Length: +5'],
  ['a negative length', 'Content-Length: -5'],
  ['a hexadecimal length', 'Content-Length: 0x5'],
  ['a length with a fraction', 'Content-Length: 5.0'],
  ['a length of 2^53', 'Content-Length: 9007199254740992'],
  ['a length of 2^64 and a little', 'Content-Length: 18446744073709551621'],
  ['a length with a space before the colon', 'Content-Length : 5'],
  ['an empty coding', 'Transfer-Encoding:'],
  ['the coding identity', 'Transfer-Encoding: identity'],
  ['the coding gzip', 'Transfer-Encoding: gzip'],
  ['the codings gzip and chunked', 'Transfer-Encoding: gzip, chunked'],
  ['chunked twice in a list', 'Transfer-Encoding: chunked, chunked'],
  ['chunked twice', chunked, chunked],
  ['chunked and a comma', 'Transfer-Encoding: chunked,'],
  ['chunked with a vertical tab', 'Transfer-Encoding: \x0bchunked'],
  ['chunked with a space before the colon', 'Transfer-Encoding : chunked'],
  ['an unknown coding', 'Transfer-Encoding: cow'],
]

/** RFC 9112 sections 2.2, 4 and 5. */
const heads: readonly (readonly [name: string, answer: string])[] = [
  ['a line folded by a space', ok('A: b', ' c', 'Content-Length: 5')],
  ['a line folded by a tab', ok('A: b', '\tc', 'Content-Length: 5')],
  ['a folded first line', `HTTP/1.1 200 OK\r\n A: b\r\n\r\n`],
  ['LF alone behind the status line', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
  ['LF alone behind a field line', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n'],
  ['LF alone at the end of the head', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n'],
  ['LF alone everywhere', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['CR alone in the reason', 'HTTP/1.1 200 O\rK\r\n\r\n'],
  ['CR alone in a field value', ok('A: b\rSet-Cookie: a=1', 'Content-Length: 5')],
  ['two CRs at the end of a line', 'HTTP/1.1 200 OK\r\r\nContent-Length: 0\r\n\r\n'],
  ['a NUL in a field value', ok('A: b\0', 'Content-Length: 5')],
  ['a control character in a field value', ok('A: \x1b[31m', 'Content-Length: 5')],
  ['DEL in a field value', ok('A: \x7f', 'Content-Length: 5')],
  ['a NUL in the reason', 'HTTP/1.1 200 O\0K\r\n\r\n'],
  ['a space before the colon', ok('A : b', 'Content-Length: 5')],
  ['a space in a field name', ok('A B: c', 'Content-Length: 5')],
  ['a letter outside ASCII in a field name', ok('\xc4: b', 'Content-Length: 5')],
  ['a field without a name', ok(': b', 'Content-Length: 5')],
  ['a field without a colon', ok('A', 'Content-Length: 5')],
  ['an empty line before it', `\r\n${ok('Content-Length: 5')}`],
  ['a space before it', ` ${ok('Content-Length: 5')}`],
  ['status 099', head('099 Early', 'Content-Length: 0')],
  ['status 000', head('000 None', 'Content-Length: 0')],
  ['status 600', head('600 Late', 'Content-Length: 0')],
  ['status 999', head('999 Latest', 'Content-Length: 0')],
  ['a status of two digits', head('20 OK', 'Content-Length: 0')],
  ['a status of four digits', head('2000 OK', 'Content-Length: 0')],
  ['a status with a sign', head('+20 OK', 'Content-Length: 0')],
  ['a status of letters', head('OK', 'Content-Length: 0')],
  ['no status', 'HTTP/1.1\r\n\r\n'],
  ['two spaces before the status', head(' 200 OK', 'Content-Length: 0')],
  ['a tab before the status', 'HTTP/1.1\t200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['version 2.0', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['version 1.2', 'HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['version 0.9', 'HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a version in lower case', 'http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['another protocol', 'ICY 200 OK\r\n\r\n'],
  ['a body without a head', '<html></html>'],
  ['a request', get()],
  ['an alert of TLS', '\x15\x03\x01\0\x02\x02\x16'],
  ['frames of HTTP/2', '\0\0\x12\x04\0\0\0\0\0'],
  ['NULs', '\0\0\0\0'],
  ['a head over 64 KiB', head('200 OK', ...Array<string>(70).fill(`A: ${'b'.repeat(1_000)}`))],
  ['a field line over 64 KiB', head('200 OK', `A: ${'b'.repeat(70_000)}`)],
  ['a head over 64 KiB without an end', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(70_000)}`],
  ['a reason over 64 KiB', `HTTP/1.1 200 ${'b'.repeat(70_000)}`],
  ['257 fields', head('200 OK', ...Array<string>(256).fill('A: b'), 'Content-Length: 0')],
  ['Connection with a parameter', ok('Connection: close;a', 'Content-Length: 5')],
  ['Connection that takes the length away', ok('Connection: Content-Length', 'Content-Length: 5')],
]

const hint = head('103 Early Hints', 'Link: </a.css>')

/** RFC 9110 section 15.2. */
const interims: readonly (readonly [name: string, answer: string])[] = [
  ['101 unasked', head('101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket')],
  ['101 without fields', head('101 Switching Protocols')],
  ['101 and an answer', head('101 Switching Protocols') + ok('Content-Length: 5')],
  ['nine interim answers and an answer', hint.repeat(9) + ok('Content-Length: 5')],
  ['nine times 100 Continue and an answer', head('100 Continue').repeat(9) + ok('Content-Length: 5')],
  ['interim answers without end', hint.repeat(1_000)],
  [
    'an interim answer with both lengths',
    head('103 Early Hints', 'Content-Length: 5', chunked) + ok('Content-Length: 5'),
  ],
  ['an interim answer with a body', head('103 Early Hints', 'Content-Length: 5') + 'hello' + ok('Content-Length: 5')],
  ['an interim answer and garbage', `${head('100 Continue')}garbage\r\n\r\n`],
]

export const brokenHeads: readonly AnswerCase[] = [
  ...framings.map(([name, ...lines]) => broken(`an answer with ${name}`, ok(...lines))),
  ...framings
    .slice(0, 5)
    .map(([name, ...lines]) =>
      broken(`an answer to HEAD with ${name}`, head('200 OK', ...lines), { request: message('HEAD / HTTP/1.1') }),
    ),
  broken('a 204 with both lengths', head('204 No Content', 'Content-Length: 5', chunked)),
  broken('a 304 with two lengths', head('304 Not Modified', 'Content-Length: 5', 'Content-Length: 6')),
  broken('an HTTP/1.0 answer in chunks', `HTTP/1.0 200 OK\r\n${chunked}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
  ...heads.map(([name, answer]) => broken(`an answer with ${name}`, answer)),
  ...interims.map(([name, answer]) => broken(name, answer)),
  broken(
    '101 to HTTP/2, which was asked for and not passed on',
    head('101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: h2c'),
    { request: get('Connection: Upgrade', 'Upgrade: h2c'), isClosed: true },
  ),
  broken('an answer to POST with two lengths', ok('Content-Length: 5', 'Content-Length: 6'), {
    request: post('Content-Length: 2') + 'ok',
  }),
]
