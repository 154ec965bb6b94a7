import { burnt, head, kept, told, toldBefore } from '../answer-case.ts'
import type { AnswerCase } from '../answer-case.ts'
import { get, message } from '../request-case.ts'

const length = 'Content-Length: 5'
const chunked = 'Transfer-Encoding: chunked'
const ok = `${head('200 OK', length)}hello`
const toldOk = told('200 OK', [length], 'hello')
const chunks = '5\r\nhello\r\n0\r\n\r\n'
const toldChunked = told('200 OK', [chunked], 'hello')
const poison = `${head('200 OK', 'Content-Length: 6')}poison`
const hint = head('103 Early Hints', 'Link: </a.css>')
const toldHint = toldBefore('103 Early Hints', 'Link: </a.css>')
const toHead = { request: message('HEAD / HTTP/1.1') }
const many = Array.from({ length: 240 }, (_, index) => `A${index}: b`)
const long = `A: ${'b'.repeat(60_000)}`

/** RFC 9112 sections 4 to 7 and 9.3. */
const reused: readonly AnswerCase[] = [
  kept('an answer with a length', ok, toldOk),
  kept('an answer with a length of 0', head('200 OK', 'Content-Length: 0'), told('200 OK', ['Content-Length: 0'])),
  kept('an answer with zeros before its length', `${head('200 OK', 'Content-Length: 005')}hello`, toldOk),
  kept('an answer with its length in odd case', `${head('200 OK', 'cONTENT-lENGTH:5')}hello`, toldOk),
  kept('an answer in chunks', head('200 OK', chunked) + chunks, toldChunked),
  kept('an answer in chunks in odd case', head('200 OK', 'TRANSFER-encoding: CHUNKED') + chunks, toldChunked),
  kept('an answer in chunks with extensions', `${head('200 OK', chunked)}5;a=b\r\nhello\r\n0;c\r\n\r\n`, toldChunked),
  kept(
    'an answer in chunks with trailers',
    `${head('200 OK', chunked)}5\r\nhello\r\n0\r\nSet-Cookie: a=1\r\n\r\n`,
    toldChunked,
  ),
  kept('an empty answer in chunks', `${head('200 OK', chunked)}0\r\n\r\n`, told('200 OK', [chunked])),
  kept('an answer without a reason', `${head('200 ', length)}hello`, toldOk),
  kept('an answer without a space before its reason', `${head('200', length)}hello`, toldOk),
  kept('an answer with another reason', `${head('200 All \xe9 is "well"', length)}hello`, toldOk),
  kept('an unknown status', head('299', 'Content-Length: 0'), told('299 ', ['Content-Length: 0'])),
  kept('status 599', head('599', 'Content-Length: 0'), told('599 ', ['Content-Length: 0'])),
  kept('a 204', head('204 No Content'), told('204 No Content', [])),
  kept('a 204 with a length of 0', head('204 No Content', 'Content-Length: 0'), told('204 No Content', [])),
  kept('a 304', head('304 Not Modified', 'ETag: "a"'), told('304 Not Modified', ['ETag: "a"'])),
  kept(
    'a 304 with the length that it would have',
    head('304 Not Modified', length),
    told('304 Not Modified', [length]),
  ),
  kept('a 304 with the coding that it would have', head('304 Not Modified', chunked), told('304 Not Modified', [])),
  kept('an answer to HEAD with its length', head('200 OK', length), told('200 OK', [length]), toHead),
  kept('an answer to HEAD with its coding', head('200 OK', chunked), told('200 OK', []), toHead),
  kept('an answer to HEAD without a length', head('200 OK'), told('200 OK', []), toHead),
  kept('a 404 to HEAD', head('404 Not Found', length), told('404 Not Found', [length]), toHead),
  kept('100 Continue unasked', head('100 Continue') + ok, toldOk),
  kept('early hints', hint + ok, [toldHint, toldOk]),
  kept('eight interim answers', hint.repeat(8) + ok, [...Array<typeof toldHint>(8).fill(toldHint), toldOk]),
  kept('an interim answer of an unknown kind', head('199 Odd') + ok, [toldBefore('199 '), toldOk]),
  kept('an interim answer with a length of 0', head('102 Processing', 'Content-Length: 0') + ok, [
    toldBefore('102 Processing'),
    toldOk,
  ]),
  kept('240 fields', head('200 OK', ...many, 'Content-Length: 0'), told('200 OK', [...many, 'Content-Length: 0'])),
  kept('a field line of 60 KB', head('200 OK', long, 'Content-Length: 0'), told('200 OK', [long, 'Content-Length: 0'])),
  kept(
    'fields of the same name',
    head('200 OK', 'Set-Cookie: a', 'A: b', 'set-cookie: c', 'Content-Length: 0'),
    told('200 OK', ['Set-Cookie: a', 'A: b', 'set-cookie: c', 'Content-Length: 0']),
  ),
  kept(
    'a name with an underscore',
    head('200 OK', 'A_B: c', 'Content-Length: 0'),
    told('200 OK', ['A_B: c', 'Content-Length: 0']),
  ),
  kept(
    'octets above 127',
    head('200 OK', 'A: \xff\xa0b', 'Content-Length: 0'),
    told('200 OK', ['A: \xff\xa0b', 'Content-Length: 0']),
  ),
  kept(
    'white space around a value',
    head('200 OK', 'A:\t b \t', 'Content-Length: 0'),
    told('200 OK', ['A: b', 'Content-Length: 0']),
  ),
  kept(
    'fields of the connection, and those that only mtlb may say',
    head(
      '200 OK',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: close',
      'Upgrade: h2c',
      'Trailer: A',
      'TE: a',
      'X-Request-Id: forged',
      'X-Mtlb-Tenant: forged',
      'Content-Length: 0',
    ),
    told('200 OK', ['Content-Length: 0']),
  ),
  kept(
    'fields that Connection names',
    head('200 OK', 'A: b', 'Connection: a, Keep-Alive', 'Content-Length: 0'),
    told('200 OK', ['Content-Length: 0']),
  ),
  kept('an HTTP/1.0 answer that stays', `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n${length}\r\n\r\nhello`, toldOk),
  kept(
    'a body that looks like an answer',
    head('200 OK', `Content-Length: ${poison.length}`) + poison,
    told('200 OK', [`Content-Length: ${poison.length}`], poison),
  ),
  kept(
    'a chunk that looks like an answer',
    `${head('200 OK', chunked)}${poison.length.toString(16)}\r\n${poison}\r\n0\r\n\r\n`,
    told('200 OK', [chunked], poison),
  ),
]

/** Answers that are sound for themselves, on connections that are not. */
const unsafe: readonly AnswerCase[] = [
  burnt('a byte behind an answer with a length', `${ok}!`, toldOk),
  burnt('an answer behind an answer with a length', ok + poison, toldOk),
  burnt('an answer behind an answer in chunks', head('200 OK', chunked) + chunks + poison, toldChunked),
  burnt('a byte behind an answer in chunks', `${head('200 OK', chunked)}${chunks}!`, toldChunked),
  burnt('an empty line behind an answer', `${ok}\r\n`, toldOk),
  burnt(
    'an answer behind a length of 0',
    head('200 OK', 'Content-Length: 0') + poison,
    told('200 OK', ['Content-Length: 0']),
  ),
  burnt('100 Continue behind an answer', ok + head('100 Continue'), toldOk),
  burnt('a 204 with a body', `${head('204 No Content', length)}hello`, told('204 No Content', [])),
  burnt('a 204 with an answer behind it', head('204 No Content') + poison, told('204 No Content', [])),
  burnt('a 204 with a chunked body', head('204 No Content', chunked) + chunks, told('204 No Content', [])),
  burnt('a 204 that announces a body', head('204 No Content', length), told('204 No Content', [])),
  burnt('a 204 that announces chunks', head('204 No Content', chunked), told('204 No Content', [])),
  burnt('a 304 with a body', `${head('304 Not Modified', length)}hello`, told('304 Not Modified', [length])),
  burnt('a 304 with an answer behind it', head('304 Not Modified') + poison, told('304 Not Modified', [])),
  burnt('an answer to HEAD with a body', ok, told('200 OK', [length]), toHead),
  burnt('an answer to HEAD with a chunked body', head('200 OK', chunked) + chunks, told('200 OK', []), toHead),
  burnt('an answer to HEAD whose body is an answer', head('200 OK', length) + poison, told('200 OK', [length]), toHead),
  burnt('an answer that closes', `${head('200 OK', 'Connection: close', length)}hello`, toldOk),
  burnt('an answer that closes in odd case', `${head('200 OK', 'Connection: a, CLOSE', length)}hello`, toldOk),
  burnt('an HTTP/1.0 answer', `HTTP/1.0 200 OK\r\n${length}\r\n\r\nhello`, toldOk),
  burnt('an answer until the connection closes', `${head('200 OK')}hello`, toldChunked, { isLast: true }),
  burnt('an HTTP/1.0 answer until the connection closes', 'HTTP/1.0 200 OK\r\n\r\nhello', toldChunked, {
    isLast: true,
  }),
  burnt('an empty answer until the connection closes', head('200 OK'), told('200 OK', [chunked]), { isLast: true }),
  burnt('an answer in chunks and a close', head('200 OK', chunked) + chunks, toldChunked, { isLast: true }),
  burnt('an answer with a length and a close', ok, toldOk, { isLast: true }),
  burnt(
    'an answer to a client that closes',
    ok,
    {
      head: toldOk.head.replace(/\r\n\r\n$/, '\r\nConnection: close\r\n\r\n'),
      body: 'hello',
    },
    { request: get('Connection: close'), connection: 'kept', isClosed: true },
  ),
]

export const soundAnswers: readonly AnswerCase[] = [...reused, ...unsafe]
