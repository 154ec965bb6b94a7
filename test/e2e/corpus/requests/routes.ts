import { accepted, continued, message, refused, seen, smuggled } from '../request-case.ts'
import type { RequestCase } from '../request-case.ts'

const chunked = 'Transfer-Encoding: chunked'
const small = (...fields: readonly string[]) => message('POST /small HTTP/1.1', ...fields)
const raw = (path: string) => message(`GET ${path} HTTP/1.1`)

/** A length that says too much: the body is short and is thrown away, and the connection goes on. */
function tooLarge(name: string, sent: string): RequestCase {
  return { name, sent, answers: [413], isClosed: false, received: '' }
}

/** RFC 9110 section 15.5.14 and RFC 3986 section 2.2; `/small` takes eight bytes, `/raw` takes paths as they are. */
export const routes: readonly RequestCase[] = [
  accepted(
    'a body of as many bytes as its route takes',
    small('Content-Length: 8') + 'hello!!!',
    seen('POST /small', 'Content-Length: 8') + 'hello!!!',
  ),
  accepted(
    'chunks of as many bytes as their route takes',
    `${small(chunked)}5;a=b\r\nhello\r\n3\r\n!!!\r\n0\r\nA: b\r\n\r\n`,
    `${seen('POST /small', chunked)}5\r\nhello\r\n3\r\n!!!\r\n0\r\n\r\n`,
  ),
  tooLarge('a body of one byte more', small('Content-Length: 9') + 'hello!!!!'),
  tooLarge('a body that is a request and too long', small(`Content-Length: ${smuggled.length}`) + smuggled),
  {
    ...tooLarge('a body over 64 KiB with a request behind it', small('Content-Length: 100000') + smuggled),
    isClosed: true,
  },
  {
    ...tooLarge('an expectation of a body that is too long', small('Expect: 100-continue', 'Content-Length: 9')),
    isClosed: true,
  },
  continued(
    'an expectation of a body that is not too long',
    small('Expect: 100-continue', 'Content-Length: 5') + 'hello',
    seen('POST /small', 'Content-Length: 5') + 'hello',
  ),
  refused('chunks of one byte more', `${small(chunked)}5\r\nhello\r\n4\r\n!!!!\r\n0\r\n\r\n${smuggled}`, 413),
  refused('a chunk that says more', `${small(chunked)}9\r\nhello!!!!\r\n0\r\n\r\n${smuggled}`, 413),

  accepted('a raw path', raw('/raw/a%2Fb'), seen('GET /raw/a%2Fb')),
  accepted('a raw path with every escape', raw('/raw/%2f%5c%00%7e?%2f'), seen('GET /raw/%2f%5c%00%7e?%2f')),
  accepted('a raw path that needs no escapes', raw('/raw/%61//b'), seen('GET /raw/%61//b')),
  accepted('a raw path with an encoded CRLF', raw('/raw/%0d%0aA:%20b'), seen('GET /raw/%0d%0aA:%20b')),
  refused('a raw path that climbs', raw('/raw/b/../a')),
  refused('a raw path that climbs in escapes', raw('/raw/%2e%2e%2fa')),
  refused('a raw path with a backslash', raw('/raw/a\\b')),
  refused('a raw path with a percent sign alone', raw('/raw/%')),
  refused('a raw path with a NUL', raw('/raw/\0')),
]
