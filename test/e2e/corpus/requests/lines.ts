import { accepted, get, message, post, refused, seen, smuggled } from '../request-case.ts'
import type { RequestCase } from '../request-case.ts'

const controls: readonly (readonly [name: string, character: string])[] = [
  ['NUL', '\0'],
  ['SOH', '\x01'],
  ['backspace', '\b'],
  ['vertical tab', '\x0b'],
  ['form feed', '\x0c'],
  ['escape', '\x1b'],
  ['DEL', '\x7f'],
]

/** RFC 9110 section 5.6.2: none of them is a token character. */
const delimiters = ['(', ')', '<', '>', '@', ',', ';', '\\', '"', '/', '[', ']', '?', '=', '{', '}']

/** RFC 9112 sections 2.2, 5, 5.1 and 5.2. */
export const lines: readonly RequestCase[] = [
  ...controls.map(([name, character]) => refused(`${name} in a field value`, get(`A: b${character}c`) + smuggled)),
  ...controls.map(([name, character]) => refused(`${name} in a field name`, get(`A${character}B: c`) + smuggled)),
  ...controls.map(([name, character]) =>
    refused(`${name} in the target`, message(`GET /a${character}b HTTP/1.1`) + smuggled),
  ),
  ...controls.map(([name, character]) => refused(`${name} in the method`, message(`GE${character}T / HTTP/1.1`))),
  ...delimiters.map((character) => refused(`${character} in a field name`, get(`A${character}B: c`))),
  refused('LF alone ends the request line', 'GET / HTTP/1.1\nHost: acme.test\r\n\r\n'),
  refused('LF alone ends a field line', 'GET / HTTP/1.1\r\nHost: acme.test\nA: b\r\n\r\n'),
  refused('LF alone ends the head', 'GET / HTTP/1.1\r\nHost: acme.test\r\n\n'),
  refused('LF alone everywhere', 'GET / HTTP/1.1\nHost: acme.test\n\n'),
  refused('LF and CR in the wrong order', 'GET / HTTP/1.1\n\rHost: acme.test\n\r\n\r'),
  refused('CR alone ends the request line', 'GET / HTTP/1.1\rHost: acme.test\r\n\r\n'),
  refused('CR alone ends a field line', 'GET / HTTP/1.1\r\nHost: acme.test\rA: b\r\n\r\n'),
  refused('CR alone ends the head', 'GET / HTTP/1.1\r\nHost: acme.test\r\n\rGET'),
  refused('two CRs end a line', 'GET / HTTP/1.1\r\nHost: acme.test\r\r\n\r\n'),
  refused('CR in a field value', get('A: b\rc')),
  refused('LF in a field value', get('A: b\nc')),
  refused('an empty line with a space', `GET / HTTP/1.1\r\nHost: acme.test\r\n \r\n${smuggled}`),
  refused('a line folded by a space', get('A: b', ' c')),
  refused('a line folded by a tab', get('A: b', '\tc')),
  refused('a first field line that starts with a space', 'GET / HTTP/1.1\r\n Host: acme.test\r\n\r\n'),
  refused('a first line of white space', 'GET / HTTP/1.1\r\n \r\nHost: acme.test\r\n\r\n'),
  refused('a folded Host', 'GET / HTTP/1.1\r\nHost:\r\n acme.test\r\n\r\n'),
  refused('a folded Content-Length', post('Content-Length:', ' 5') + 'hello'),
  refused('a space before the colon', get('A : b')),
  refused('a tab before the colon', get('A\t: b')),
  refused('a space before the colon of Content-Length', post('Content-Length : 5') + 'hello'),
  refused('a space before the colon of Host', 'GET / HTTP/1.1\r\nHost : acme.test\r\n\r\n'),
  refused('no name', get(': b')),
  refused('no colon', get('A')),
  refused('a name with a space', get('A B: c')),
  refused('an empty first line and another one', `\r\n\r\n${get()}`),
  refused('LF before the request', `\n${get()}`),
  refused('CR before the request', `\r${get()}`),
  refused('a space before the request', ` ${get()}`),
  refused('a tab before the request', `\t${get()}`),
  refused('a byte order mark before the request', `\xef\xbb\xbf${get()}`),

  accepted('one empty line before the request', `\r\n${get()}`, seen('GET /')),
  accepted('an empty field value', get('A:'), seen('GET /', 'A: ')),
  accepted('a field value of white space', get('A: \t '), seen('GET /', 'A: ')),
  accepted('white space around a field value', get('A:\t b \t'), seen('GET /', 'A: b')),
  accepted('no space behind the colon', get('A:b'), seen('GET /', 'A: b')),
  accepted('colons in a field value', get('A: :b: c:'), seen('GET /', 'A: :b: c:')),
  accepted('a tab in a field value', get('A: b\tc'), seen('GET /', 'A: b\tc')),
  accepted('octets above 127 in a field value', get('A: \x80\xa0\xff'), seen('GET /', 'A: \x80\xa0\xff')),
  accepted('a name of every token character', get("!#$%&'*+-.^`|~09azAZ: b"), seen('GET /', "!#$%&'*+-.^`|~09azAZ: b")),
  accepted('names keep their case and their order', get('b: 1', 'A: 2', 'B: 3'), seen('GET /', 'b: 1', 'A: 2', 'B: 3')),
]
