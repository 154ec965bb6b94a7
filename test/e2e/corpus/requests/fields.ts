import { accepted, acceptedLast, continued, get, message, post, refused, seen, smuggled } from '../request-case.ts'
import type { RequestCase } from '../request-case.ts'

/** Names that only mtlb may say to an endpoint, and those of the client's connection. */
const dropped = [
  'X-Forwarded-For: 198.51.100.1',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: globex.test',
  'X-Forwarded-Port: 443',
  'X-Real-Ip: 198.51.100.1',
  'Forwarded: for=198.51.100.1',
  'Via: 1.1 forged',
  'X-Request-Id: forged',
  'X-Mtlb-Tenant: globex',
  'x-mtlb-anything: forged',
  'Keep-Alive: timeout=5',
  'Proxy-Connection: keep-alive',
  'Proxy-Authorization: Basic eA==',
  'TE: trailers',
  'Trailer: X-Sum',
  'Upgrade: h2c',
]

/** RFC 9110 section 5.1: a name is compared in ASCII, and these are not what they look like. */
const lookAlikes: readonly (readonly [name: string, line: string])[] = [
  ['a dotless i', 'X-Forwarded-\xc4\xb1p: a'],
  ['a Kelvin sign', 'X-Api-\xe2\x84\xaaey: a'],
  ['a long s', 'Ho\xc5\xbft: globex.test'],
  ['a full-width letter', '\xef\xbc\xa8ost: globex.test'],
  ['a soft hyphen', 'Content\xc2\xadLength: 5'],
  ['a non-breaking hyphen', 'Content\xe2\x80\x91Length: 5'],
  ['a zero-width space', 'Content-Length\xe2\x80\x8b: 5'],
  ['an umlaut', 'X-\xc4: a'],
]

const notToBeNamed = [
  'Host',
  'Authorization',
  'Content-Length',
  'Content-Type',
  'Content-Encoding',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Forwarded-Anything',
  'Forwarded',
  'X-Mtlb-Tenant',
  'X-Mtlb-Anything',
  'X-Api-Key',
]

/** RFC 9110 sections 5.3, 7.6.1 and 10.1.1. */
export const fields: readonly RequestCase[] = [
  ...dropped.map((line) => accepted(`${line.split(':', 1)[0]} of the client`, get(line), seen('GET /'))),
  accepted('all of these at once, several times', get(...dropped, 'A: b', ...dropped), seen('GET /', 'A: b')),
  ...lookAlikes.map(([name, line]) => refused(`a field name with ${name}`, get(line) + smuggled)),
  accepted('a name with an underscore', get('A_B: c', 'A-B: d'), seen('GET /', 'A-B: d')),
  accepted('a name that is an underscore', get('_: c'), seen('GET /')),
  accepted('X_Mtlb_Tenant', get('X_Mtlb_Tenant: globex'), seen('GET /')),
  accepted('X-Forwarded_For', get('X-Forwarded_For: 198.51.100.1'), seen('GET /')),
  accepted(
    'Content_Length beside a length',
    post('Content_Length: 0', 'Content-Length: 2') + 'ok',
    seen('POST /', 'Content-Length: 2') + 'ok',
  ),
  accepted('Content_Length alone', get('Content_Length: 5'), seen('GET /')),
  accepted('Transfer_Encoding alone', get('Transfer_Encoding: chunked'), seen('GET /')),

  refused('Authorization twice', get('Authorization: Bearer a', 'Authorization: Bearer b')),
  refused('Authorization twice, equal', get('Authorization: Bearer a', 'authorization: Bearer a')),
  refused('Content-Type twice', post('Content-Type: text/plain', 'Content-Type: text/html', 'Content-Length: 0')),
  refused('X-Api-Key twice', get('X-Api-Key: a', 'X-Api-Key: b')),
  refused('X-Api-Key twice in odd case', get('X-Api-Key: a', 'x-aPI-kEY: a')),
  accepted('Cookie twice', get('Cookie: a=1', 'Cookie: b=2'), seen('GET /', 'Cookie: a=1', 'Cookie: b=2')),
  accepted('an unknown field twice', get('A: 1', 'B: 2', 'a: 3'), seen('GET /', 'A: 1', 'B: 2', 'a: 3')),
  accepted('Authorization once', get('Authorization: Bearer a'), seen('GET /', 'Authorization: Bearer a')),

  ...notToBeNamed.map((name) => refused(`Connection names ${name}`, get(`Connection: keep-alive, ${name}`))),
  refused('Connection names Host in odd case', get('Connection: hOST')),
  refused('a second Connection names Host', get('Connection: close', 'Connection: Host')),
  refused('Connection is no list of tokens', get('Connection: a b')),
  refused('Connection with a parameter', get('Connection: close;a')),
  refused('Connection in quotes', get('Connection: "close"')),
  refused('Connection with a letter outside ASCII', get('Connection: clo\xc5\xbfe')),
  accepted('Connection names a field', get('A: b', 'Connection: A', 'C: d'), seen('GET /', 'C: d')),
  accepted('Connection names a field in odd case', get('X-Hop: b', 'Connection: x-hOP'), seen('GET /')),
  accepted('Connection names a field that comes twice', get('A: 1', 'a: 2', 'Connection: a'), seen('GET /')),
  accepted(
    'Connection names several fields',
    get('Connection: a , ,b,', 'A: 1', 'B: 2', 'C: 3'),
    seen('GET /', 'C: 3'),
  ),
  accepted('two Connections name fields', get('Connection: a', 'A: 1', 'Connection: b', 'B: 2'), seen('GET /')),
  accepted('Connection names a field that is not there', get('Connection: a'), seen('GET /')),
  accepted('an empty Connection', get('Connection:'), seen('GET /')),
  accepted('Connection names what mtlb says itself', get('Connection: Via, X-Request-Id'), seen('GET /')),
  accepted('Connection names the credentials of a cookie', get('Connection: Cookie', 'Cookie: a'), seen('GET /')),
  accepted(
    'Connection names Transfer-Encoding',
    post('Connection: Transfer-Encoding', 'Transfer-Encoding: chunked') + '2\r\nok\r\n0\r\n\r\n',
    seen('POST /', 'Transfer-Encoding: chunked') + '2\r\nok\r\n0\r\n\r\n',
  ),
  accepted('Connection names itself', get('Connection: Connection'), seen('GET /')),
  acceptedLast('close wins over keep-alive', get('Connection: keep-alive, close'), seen('GET /')),
  acceptedLast('close in odd case', get('Connection: cLOSE'), seen('GET /')),

  refused('an unknown expectation', post('Expect: a-miracle', 'Content-Length: 2') + 'ok', 417),
  refused('an empty expectation', post('Expect:', 'Content-Length: 2') + 'ok', 417),
  refused('100-continue twice', post('Expect: 100-continue', 'Expect: 100-continue', 'Content-Length: 2') + 'ok', 417),
  refused('100-continue in a list', post('Expect: 100-continue, 100-continue', 'Content-Length: 2') + 'ok', 417),
  refused('100-continue with a parameter', post('Expect: 100-continue;a', 'Content-Length: 2') + 'ok', 417),
  refused('100-continue with a word before it', post('Expect: y 100-continue', 'Content-Length: 2') + 'ok', 417),
  refused('100-continue with a vertical tab', post('Expect: \x0b100-continue', 'Content-Length: 2') + 'ok'),
  refused('100-continue on a folded line', post('Expect:', ' 100-continue', 'Content-Length: 2') + 'ok'),
  refused('an unknown expectation on a GET', get('Expect: a-miracle') + smuggled, 417),
  accepted('100-continue without a body', get('Expect: 100-continue'), seen('GET /')),
  accepted(
    '100-continue with a length of 0',
    post('Expect: 100-continue', 'Content-Length: 0'),
    seen('POST /', 'Content-Length: 0'),
  ),
  acceptedLast(
    '100-continue on HTTP/1.0',
    message('POST / HTTP/1.0', 'Expect: 100-continue', 'Content-Length: 2') + 'ok',
    seen('POST /', 'Content-Length: 2').replace('Via: 1.1', 'Via: 1.0') + 'ok',
  ),
  continued(
    '100-continue with the body at once',
    post('Expect: 100-CONTINUE', 'Content-Length: 2') + 'ok',
    seen('POST /', 'Content-Length: 2') + 'ok',
  ),
  {
    name: '100-continue to nobody is not asked for its body',
    sent: 'POST / HTTP/1.1\r\nHost: nobody.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    answers: [404],
    isClosed: true,
    received: '',
  },
]
