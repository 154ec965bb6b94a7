import {
  accepted,
  acceptedLast,
  continued,
  get,
  message,
  post,
  refused,
  seen,
  seenOfOld,
  smuggled,
} from '../request-case.ts'
import type { RequestCase } from '../request-case.ts'

const chunked = 'Transfer-Encoding: chunked'
const seenSmuggled = seen('GET /smuggled')
const length = `Content-Length: ${smuggled.length}`
const asChunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`

/** Ways in which requests have been smuggled through other proxies: two readers that differ about where one ends. */
export const desyncs: readonly RequestCase[] = [
  // One reads the length, the other one the chunks.
  refused('the length covers the chunks and a request', post('Content-Length: 100', chunked) + `0\r\n\r\n${smuggled}`),
  refused('the length covers less than the chunks', post('Content-Length: 4', chunked) + asChunk),
  refused('a hidden coding in odd space', post('Content-Length: 4', 'Transfer-Encoding : chunked') + asChunk),
  refused('a hidden length in odd space', post('Content-Length : 4', chunked) + asChunk),
  refused('a hidden length behind a space', post('A: b', ' Content-Length: 4', chunked) + asChunk),
  refused('a hidden length behind LF', post('A: b\nContent-Length: 4', chunked) + asChunk),
  refused('a hidden length behind CR', post('A: b\rContent-Length: 4', chunked) + asChunk),
  refused('a hidden length behind a NUL', post('A: b\0Content-Length: 4', chunked) + asChunk),
  refused('a hidden Host behind LF', get('A: b\nHost: globex.test')),
  refused('a hidden request behind LF', get('A: b\n\nGET /smuggled HTTP/1.1')),
  refused('a hidden request behind CR', get('A: b\r\rGET /smuggled HTTP/1.1')),
  accepted('an encoded CRLF in a field is text', get('A: b%0d%0aC: d'), seen('GET /', 'A: b%0d%0aC: d')),
  accepted('a CRLF in script notation is text', get('A: b\\r\\nC: d'), seen('GET /', 'A: b\\r\\nC: d')),
  accepted(
    'CR and LF of a wide alphabet',
    get('A: \xe5\x98\x8d\xe5\x98\x8aC: d'),
    seen('GET /', 'A: \xe5\x98\x8d\xe5\x98\x8aC: d'),
  ),

  // One does not expect a body: it belongs to its request all the same.
  ...['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST'].map((method) =>
    accepted(
      `${method} with a request as its body`,
      message(`${method} /style.css HTTP/1.1`, length) + smuggled,
      seen(`${method} /style.css`, length) + smuggled,
    ),
  ),
  ...['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST'].map((method) =>
    accepted(
      `${method} with a request as its chunk`,
      message(`${method} / HTTP/1.1`, chunked) + asChunk,
      seen(`${method} /`, chunked) + asChunk,
    ),
  ),
  accepted(
    'a length of 0 and a request are two requests',
    post('Content-Length: 0') + smuggled,
    seen('POST /', 'Content-Length: 0'),
    seenSmuggled,
  ),
  accepted('no length and a request are two requests', post() + smuggled, seen('POST /'), seenSmuggled),
  accepted(
    'a length that is not one',
    get('X-Content-Length: 5', 'Content-Lengthy: 5', 'Content--Length: 5') + smuggled,
    seen('GET /', 'X-Content-Length: 5', 'Content-Lengthy: 5', 'Content--Length: 5'),
    seenSmuggled,
  ),

  // One reads the line of a chunk's size in another way.
  refused('a chunk extension that hides a line end from one', post(chunked) + `2;\nxx\r\n4c\r\n0\r\n\r\n${smuggled}`),
  refused('a chunk extension that hides a CR', post(chunked) + `2;a\rxx\r\n4c\r\n0\r\n\r\n${smuggled}`),
  refused('two bytes in the place of a line end', post(chunked) + `5\r\nAAAAAXX2\r\n45\r\n0\r\n\r\n`),
  refused('LF in the place of the line end', post(chunked) + `5\r\nAAAAA\n2\r\n45\r\n0\r\n\r\n`),
  refused('more data than the size says', post(chunked) + `5\r\nAAAAA0\r\n\r\n${smuggled}`),
  refused('a size that is cut at its space', post(chunked) + `5 0\r\nAAAAA\r\n0\r\n\r\n`),
  refused('a size that wraps to 0', post(chunked) + `10000000000000000\r\n\r\n${smuggled}`),
  refused('an empty size for 0', post(chunked) + `\r\n\r\n${smuggled}`),
  refused('trailers that become the next request', post(chunked) + '0\r\nGET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'),
  accepted(
    'trailers that become fields for one who merges them',
    post(chunked) + '2\r\nok\r\n0\r\nX-Forwarded-For: 198.51.100.1\r\nCookie: a=1\r\nX-Api-Key: b\r\n\r\n',
    seen('POST /', chunked) + '2\r\nok\r\n0\r\n\r\n',
  ),

  // One takes the expectation for a reason to wait, or not to.
  refused('an expectation with a request behind it', get('Expect: 100-continued', length) + smuggled, 417),
  continued(
    'an expectation and the body at once',
    post('Expect: 100-continue', length) + smuggled,
    seen('POST /', length) + smuggled,
  ),
  continued(
    'an expectation on a GET with a body',
    get('Expect: 100-continue', length) + smuggled,
    seen('GET /', length) + smuggled,
  ),

  // One believes that the protocol changes.
  accepted(
    'an upgrade to HTTP/2 in the clear',
    get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'),
    seen('GET /'),
  ),
  accepted('an upgrade without Connection', get('Upgrade: h2c'), seen('GET /')),
  accepted(
    'an upgrade to another protocol with a body',
    post('Connection: Upgrade', 'Upgrade: TLS/1.2', length) + smuggled,
    seen('POST /', length) + smuggled,
  ),
  refused('HTTP/2 with knowledge of before, behind a request', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled}`, 505),

  // One takes the old version at its word.
  acceptedLast('HTTP/1.0 with a request behind it', message('GET / HTTP/1.0') + smuggled, seenOfOld('GET /')),
  acceptedLast(
    'HTTP/1.0 with a body and a request behind it',
    message('POST / HTTP/1.0', 'Content-Length: 2') + `ok${smuggled}`,
    seenOfOld('POST /', 'Content-Length: 2') + 'ok',
  ),
  acceptedLast('a last request with another one behind it', get('Connection: close') + smuggled, seen('GET /')),
  refused('HTTP/0.9 with a request behind it', `GET /\r\n\r\n${smuggled}`),

  // One removes what Connection names before it reads it.
  refused('Connection takes the length away', post('Connection: Content-Length', length) + smuggled),
  accepted(
    'Connection takes the coding away',
    post('Connection: Transfer-Encoding', chunked) + asChunk,
    seen('POST /', chunked) + asChunk,
  ),
  refused('Connection takes the tenant away', get('Connection: X-Mtlb-Tenant')),
  refused('Connection takes the key away', get('Connection: X-Api-Key', 'X-Api-Key: a')),

  // One asks another host.
  refused('another Host behind a space', 'GET / HTTP/1.1\r\nHost: acme.test\r\n Host: globex.test\r\n\r\n'),
  refused('another Host in the target', 'GET http://globex.test/ HTTP/1.1\r\nHost: acme.test\r\n\r\n'),
  refused('another Host in userinfo', 'GET http://acme.test@globex.test/ HTTP/1.1\r\nHost: acme.test\r\n\r\n'),
  accepted(
    'another Host in a field of the other proxy',
    get('X-Host: globex.test', 'X-Forwarded-Host: globex.test'),
    seen('GET /', 'X-Host: globex.test'),
  ),
  accepted(
    'another path in a field of the other proxy',
    get('X-Original-Url: /admin'),
    seen('GET /', 'X-Original-Url: /admin'),
  ),

  // Several requests of which one is refused.
  accepted('two requests in a row', get() + get('A: b'), seen('GET /'), seen('GET /', 'A: b')),
  accepted(
    'requests with bodies of each kind in a row',
    post('Content-Length: 2') + 'ok' + post(chunked) + '2\r\nok\r\n0\r\n\r\n' + get(),
    seen('POST /', 'Content-Length: 2') + 'ok',
    seen('POST /', chunked) + '2\r\nok\r\n0\r\n\r\n',
    seen('GET /'),
  ),
  accepted('an empty line between two requests', `${get()}\r\n${get()}`, seen('GET /'), seen('GET /')),
  {
    name: 'a request to nobody between two others',
    sent: `${get()}POST / HTTP/1.1\r\nHost: nobody.test\r\n${length}\r\n\r\n${smuggled}${get('A: b')}`,
    answers: [204, 404, 204],
    isClosed: false,
    received: seen('GET /') + seen('GET /', 'A: b'),
  },
  {
    name: 'a chunked request to nobody, which nobody waits for',
    sent: `POST / HTTP/1.1\r\nHost: nobody.test\r\n${chunked}\r\n\r\n${asChunk}${smuggled}`,
    answers: [404],
    isClosed: true,
    received: '',
  },
  {
    name: 'a large request to nobody with another one behind it',
    sent: `POST / HTTP/1.1\r\nHost: nobody.test\r\nContent-Length: 100000\r\n\r\n${smuggled}`,
    answers: [404],
    isClosed: true,
    received: '',
  },
  {
    name: 'a bad request behind a good one, and a good one behind that',
    sent: get() + get('A : b') + smuggled,
    answers: [204, 400],
    isClosed: true,
    received: seen('GET /'),
  },
  {
    name: 'a bad length behind a good request',
    sent: get() + post('Content-Length: 5, 5') + smuggled,
    answers: [204, 400],
    isClosed: true,
    received: seen('GET /'),
  },
  {
    name: 'two empty lines between requests',
    sent: `${get()}\r\n\r\n${smuggled}`,
    answers: [204, 400],
    isClosed: true,
    received: seen('GET /'),
  },
  {
    name: 'a body one byte longer than its length',
    sent: `${post('Content-Length: 2')}okX${smuggled}`,
    answers: [204, 204],
    isClosed: false,
    received: seen('POST /', 'Content-Length: 2') + 'ok' + seen('XGET /smuggled'),
  },
  {
    name: 'a bad chunk behind a good request',
    sent: `${get()}${post(chunked)}2\r\nokXX0\r\n\r\n${smuggled}`,
    answers: [204, 400],
    isClosed: true,
    received: seen('GET /'),
  },
]
