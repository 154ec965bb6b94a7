import { fieldId } from '../../../../src/wire/http1/field-id.ts'
import type { RequestHead } from '../../../../src/wire/http1/request-head.ts'
import { withFields, withHost, withLine, withTarget } from './rows.ts'

/** `valueOf` is left out because every object has one of another type. */
type Wanted = Partial<Omit<RequestHead, 'valueOf'>>

/** A request that must be accepted, and some of what must be read from it. */
export type AcceptedRow = readonly [name: string, bytes: string, head: Wanted]

const manyFields = Array.from({ length: 127 }, (_, index) => `X${index}: a`)

const requestLines: AcceptedRow[] = [
  [
    'smallest HTTP/1.1 request',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    {
      method: 'GET',
      path: '/',
      query: '',
      host: 'a',
      authority: 'a',
      minorVersion: 1,
      keepAlive: true,
      contentLength: -1,
      isChunked: false,
    },
  ],
  [
    'smallest HTTP/1.0 request',
    'GET / HTTP/1.0\r\n\r\n',
    { host: '', authority: '', minorVersion: 0, keepAlive: false, fieldNames: [] },
  ],
  ['one empty line before it', `\r\n${withLine('DELETE /a HTTP/1.1')}`, { method: 'DELETE', path: '/a' }],
  ['method of an extension', withLine('M-SEARCH / HTTP/1.1'), { method: 'M-SEARCH' }],
  ['method nobody registered', withLine('BREW / HTTP/1.1'), { method: 'BREW' }],
  ['method of 32 bytes', withLine(`${'M'.repeat(32)} / HTTP/1.1`), { method: 'M'.repeat(32) }],
  ['method that CONNECT starts', withLine('CONNECTED / HTTP/1.1'), { method: 'CONNECTED' }],
  ['PRI in HTTP/1.1', withLine('PRI / HTTP/1.1'), { method: 'PRI' }],
]

const targets: AcceptedRow[] = [
  ['path and query', withTarget('/v1/orders?a=1&b=2'), { path: '/v1/orders', query: '?a=1&b=2' }],
  ['empty query', withTarget('/a?'), { path: '/a', query: '?' }],
  ['second question mark', withTarget('/a?b?c'), { path: '/a', query: '?b?c' }],
  ['query as it came', withTarget('/?a=%zz&b=//../%2f;{}|"'), { path: '/', query: '?a=%zz&b=//../%2f;{}|"' }],
  ['dots in names', withTarget('/a.b/.c/d..e/...'), { path: '/a.b/.c/d..e/...' }],
  ['every character of a segment', withTarget("/-._~!$&'()*+,;=:@"), { path: "/-._~!$&'()*+,;=:@" }],
  ['encoded unreserved', withTarget('/%61%7e%2D'), { path: '/a~-' }],
  ['lower-case escape', withTarget('/caf%c3%a9'), { path: '/caf%C3%A9' }],
  ['dot segments', withTarget('/a/./b/../c'), { path: '/a/c' }],
  ['encoded dot segments', withTarget('/a/%2e/b/%2E%2e/c'), { path: '/a/c' }],
  ['half encoded dot segment', withTarget('/a/.%2e/c'), { path: '/c' }],
  ['dot segments above the root', withTarget('/../../a'), { path: '/a' }],
  ['dot segment at the end', withTarget('/a/b/..'), { path: '/a/' }],
  ['empty segments', withTarget('//a///b//'), { path: '/a/b/' }],
  ['dot segment behind an empty one', withTarget('/a//../b'), { path: '/b' }],
  ['double encoding stays', withTarget('/%252e%252e/%252f'), { path: '/%252e%252e/%252f' }],
  ['encoded slash stays', withTarget('/a%2fb'), { path: '/a%2Fb', rawPath: '/a%2fb', hasOpaqueEscape: true }],
  ['encoded backslash stays', withTarget('/a%5cb'), { path: '/a%5Cb', hasOpaqueEscape: true }],
  ['encoded NUL stays', withTarget('/%61%00'), { path: '/a%00', rawPath: '/%61%00', hasOpaqueEscape: true }],
  ['dots beside an encoded slash are a name', withTarget('/..%2f..'), { path: '/..%2F..', hasOpaqueEscape: true }],
  ['double encoding is not opaque', withTarget('/%252f%255c%2500'), { hasOpaqueEscape: false }],
  [
    'absolute-form with an encoded slash',
    withTarget('http://a.test/b/../%2f'),
    { path: '/%2F', rawPath: '/b/../%2f', hasOpaqueEscape: true },
  ],
  ['parameters stay', withTarget('/a;x=1/b;y'), { path: '/a;x=1/b;y' }],
  ['encoded semicolon stays', withTarget('/a%3bx'), { path: '/a%3Bx' }],
  ['characters that want escaping', withTarget('/{a}|^`"<>[]'), { path: '/%7Ba%7D%7C%5E%60%22%3C%3E%5B%5D' }],
  ['encoded question mark and fragment', withTarget('/a%3fb%23c'), { path: '/a%3Fb%23c' }],
  ['target of 8192 bytes', withTarget(`/${'a'.repeat(8_191)}`), { path: `/${'a'.repeat(8_191)}` }],
  ['asterisk', withLine('OPTIONS * HTTP/1.1'), { path: '*', query: '', host: 'a.test' }],
  ['asterisk as a segment', withTarget('/*'), { path: '/*' }],
  ['absolute-form', withTarget('http://a.test/b?c'), { path: '/b', query: '?c', host: 'a.test' }],
  ['absolute-form in capitals', withTarget('HTTP://A.TEST/B'), { path: '/B', host: 'a.test', authority: 'a.test' }],
  ['absolute-form with https', withTarget('https://a.test/b'), { path: '/b' }],
  ['absolute-form without path', withTarget('http://a.test'), { path: '/', query: '' }],
  ['absolute-form with a query only', withTarget('http://a.test?b/c'), { path: '/', query: '?b/c' }],
  ['absolute-form with default port', withTarget('http://a.test:80/'), { host: 'a.test', authority: 'a.test:80' }],
  ['absolute-form with dot segments', withTarget('http://a.test/b/../c'), { path: '/c' }],
  ['absolute-form with empty segments', withTarget('http://a.test//c'), { path: '/c' }],
  [
    'absolute-form and the same port',
    'GET http://a.test:81/ HTTP/1.1\r\nHost: a.test:81\r\n\r\n',
    { host: 'a.test', authority: 'a.test:81' },
  ],
  ['absolute-form in HTTP/1.0 without Host', 'GET http://a.test/ HTTP/1.0\r\n\r\n', { host: 'a.test', path: '/' }],
  ['OPTIONS of a whole server', withLine('OPTIONS http://a.test HTTP/1.1'), { path: '*' }],
  ['OPTIONS of its root', withLine('OPTIONS http://a.test/ HTTP/1.1'), { path: '/' }],
  ['OPTIONS of a whole server with query', withLine('OPTIONS http://a.test?a HTTP/1.1'), { path: '/', query: '?a' }],
]

const hosts: AcceptedRow[] = [
  [
    'Host in capitals',
    withHost('API.Acme.TEST'),
    { host: 'api.acme.test', authority: 'api.acme.test', fieldValues: ['API.Acme.TEST'] },
  ],
  ['Host with port', withHost('a.test:8080'), { host: 'a.test', authority: 'a.test:8080' }],
  ['Host with port 65535', withHost('a.test:65535'), { host: 'a.test', authority: 'a.test:65535' }],
  ['Host with a trailing dot', withHost('a.test.'), { host: 'a.test', authority: 'a.test' }],
  ['Host with a trailing dot and port', withHost('a.test.:81'), { host: 'a.test', authority: 'a.test:81' }],
  ['Host with underscore', withHost('my_app.test'), { host: 'my_app.test' }],
  ['Host in punycode', withHost('xn--bcher-kva.test'), { host: 'xn--bcher-kva.test' }],
  ['IPv4', withHost('127.0.0.1:80'), { host: '127.0.0.1', authority: '127.0.0.1:80' }],
  ['IPv6', withHost('[2001:DB8::1]'), { host: '[2001:db8::1]', authority: '[2001:db8::1]' }],
  ['IPv6 with port', withHost('[::1]:80'), { host: '[::1]', authority: '[::1]:80' }],
  ['IPv6 with IPv4 in it', withHost('[::ffff:1.2.3.4]'), { host: '[::ffff:1.2.3.4]' }],
  ['Host of 255 bytes', withHost('a'.repeat(255)), { host: 'a'.repeat(255) }],
  ['Host in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a.test\r\n\r\n', { host: 'a.test' }],
]

const fields: AcceptedRow[] = [
  [
    'fields in order and in their case',
    'GET / HTTP/1.1\r\nX-b: 1\r\nHOST: a\r\nx-A: 2\r\nX-b: 3\r\n\r\n',
    { fieldNames: ['X-b', 'HOST', 'x-A', 'X-b'], fieldValues: ['1', 'a', '2', '3'], fieldIds: [0, fieldId.host, 0, 0] },
  ],
  ['white space around a value', withFields('X: \t a b\t \t'), { fieldValues: ['a.test', 'a b'] }],
  ['no white space before a value', withFields('X:a'), { fieldValues: ['a.test', 'a'] }],
  ['empty value', withFields('X:'), { fieldValues: ['a.test', ''] }],
  ['value of white space', withFields('X: \t '), { fieldValues: ['a.test', ''] }],
  ['tab in a value', withFields('X: a\tb'), { fieldValues: ['a.test', 'a\tb'] }],
  ['colons in a value', withFields('X: :a:b'), { fieldValues: ['a.test', ':a:b'] }],
  ['obs-text in a value', withFields('X: \x80\xa0\xff'), { fieldValues: ['a.test', '\x80\xa0\xff'] }],
  [
    'every character of a name',
    withFields("!#$%&'*+-.^`|~09azAZ: a"),
    { fieldNames: ['Host', "!#$%&'*+-.^`|~09azAZ"] },
  ],
  [
    'names with underscore are dropped',
    withFields('X_Y: a', '_: b', 'Content_Length: 5', 'X-Y: c'),
    { fieldNames: ['Host', 'X-Y'], contentLength: -1 },
  ],
  ['128 fields', withFields(...manyFields), { keepAlive: true }],
  ['field line of 8192 bytes', withFields(`X: ${'a'.repeat(8_189)}`), { fieldValues: ['a.test', 'a'.repeat(8_189)] }],
  ['head of 32 KiB', withFields(...headOf32KiB()), { byteLength: 32_768 }],
  [
    'own fields',
    withFields('X-Mtlb-Tenant: a', 'x-mtlb-anything: b', 'X-Mtlb-: c', 'X-Mtlb: d'),
    { fieldIds: [fieldId.host, fieldId.xMtlb, fieldId.xMtlb, fieldId.xMtlb, 0] },
  ],
  ['two Cookies', withFields('Cookie: a=1', 'Cookie: b=2'), { fieldValues: ['a.test', 'a=1', 'b=2'] }],
]

const framing: AcceptedRow[] = [
  ['Content-Length', withFields('Content-Length: 5'), { contentLength: 5, isChunked: false }],
  ['Content-Length 0', withFields('Content-Length: 0'), { contentLength: 0 }],
  [
    'Content-Length with leading zeros',
    withFields('Content-Length: 010'),
    { contentLength: 10, fieldValues: ['a.test', '10'] },
  ],
  ['largest Content-Length', withFields('Content-Length: 9007199254740991'), { contentLength: 9_007_199_254_740_991 }],
  [
    'Content-Length in HTTP/1.0',
    'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n',
    { contentLength: 5, keepAlive: false },
  ],
  ['chunked', withFields('Transfer-Encoding: chunked'), { isChunked: true, contentLength: -1 }],
  ['chunked in capitals', withFields('TRANSFER-ENCODING:\tCHUNKED\t'), { isChunked: true }],
  [
    'Transfer-Encoding with underscore',
    withFields('Transfer_Encoding: chunked', 'Content-Length: 5'),
    { isChunked: false, contentLength: 5 },
  ],
]

const connections: AcceptedRow[] = [
  ['close', withFields('Connection: close'), { keepAlive: false, connectionOptions: [] }],
  ['CLOSE', withFields('Connection: CLOSE'), { keepAlive: false }],
  ['keep-alive', withFields('Connection: keep-alive'), { keepAlive: true, connectionOptions: [] }],
  ['keep-alive and close', withFields('Connection: keep-alive, close'), { keepAlive: false }],
  [
    'close and keep-alive in two fields',
    withFields('Connection: close', 'Connection: keep-alive'),
    { keepAlive: false },
  ],
  [
    'keep-alive and close in two fields',
    withFields('Connection: keep-alive', 'Connection: close'),
    { keepAlive: false },
  ],
  ['HTTP/1.0 with keep-alive', 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', { keepAlive: true }],
  [
    'HTTP/1.0 with keep-alive and close',
    'GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n',
    { keepAlive: false },
  ],
  [
    'HTTP/1.0 with something else',
    'GET / HTTP/1.0\r\nConnection: x\r\n\r\n',
    { keepAlive: false, connectionOptions: ['x'] },
  ],
  [
    'other options',
    withFields('Connection: Upgrade, ,X-Hop\t,', 'Connection: TE'),
    { keepAlive: true, connectionOptions: ['upgrade', 'x-hop', 'te'] },
  ],
  ['empty Connection', withFields('Connection:'), { keepAlive: true, connectionOptions: [] }],
  ['Proxy-Connection is nothing', withFields('Proxy-Connection: close'), { keepAlive: true }],
]

const expectations: AcceptedRow[] = [
  ['100-continue with a length', withFields('Expect: 100-continue', 'Content-Length: 5'), { expectsContinue: true }],
  [
    '100-Continue with chunks',
    withFields('Expect: 100-Continue', 'Transfer-Encoding: chunked'),
    { expectsContinue: true },
  ],
  ['100-continue without content', withFields('Expect: 100-continue'), { expectsContinue: false }],
  [
    '100-continue with an empty body',
    withFields('Expect: 100-continue', 'Content-Length: 0'),
    { expectsContinue: false },
  ],
  [
    '100-continue in HTTP/1.0',
    'POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    { expectsContinue: false },
  ],
]

/** Requests that break no rule. */
export const acceptedRequests: readonly AcceptedRow[] = [
  ...requestLines,
  ...targets,
  ...hosts,
  ...fields,
  ...framing,
  ...connections,
  ...expectations,
]

/** Five lines, so that the whole is exactly 32,768 bytes. */
function headOf32KiB(): string[] {
  const lines = Array.from({ length: 4 }, () => `X: ${'a'.repeat(8_000)}`)
  const missing = 32_768 - withFields(...lines, 'X: ').length
  return [...lines, `X: ${'a'.repeat(missing)}`]
}
