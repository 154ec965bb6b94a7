import { accepted, message, refused, seen } from '../request-case.ts'
import type { RequestCase } from '../request-case.ts'

const to = (target: string) => message(`GET ${target} HTTP/1.1`)

/** RFC 9112 section 3.2, RFC 9110 section 4.2.5. */
const refusedTargets: readonly (readonly [name: string, target: string])[] = [
  ['an asterisk', '*'],
  ['an asterisk and a query', '*?a'],
  ['an authority', 'acme.test:80'],
  ['a name', 'acme.test'],
  ['a relative path', 'index.html'],
  ['a dot', '.'],
  ['a query alone', '?a'],
  ['another scheme', 'ftp://acme.test/'],
  ['a scheme without slashes', 'http:/acme.test/'],
  ['a file', 'file:///etc/passwd'],
  ['a fragment', '/a#b'],
  ['a fragment behind a query', '/a?b#c'],
  ['a backslash', '/a\\b'],
  ['a backslash first', '\\a'],
  ['a backslash in the query', '/a?b\\c'],
  ['raw letters outside ASCII', '/\xc3\xa9'],
  ['raw letters outside ASCII in the query', '/?\xc3\xa9'],
  ['a space', '/a b'],
  ['a tab', '/a\tb'],
]

/** RFC 3986 sections 3.3, 5.2.4 and 6.2.2. */
const refusedPaths: readonly (readonly [name: string, path: string])[] = [
  ['an encoded slash', '/a%2fb'],
  ['an encoded slash in upper case', '/a%2Fb'],
  ['an encoded backslash', '/a%5cb'],
  ['an encoded backslash in upper case', '/a%5Cb'],
  ['an encoded NUL', '/a%00b'],
  ['dots and an encoded slash', '/..%2f..%2fetc'],
  ['dots with a parameter', '/a/..;/b'],
  ['a dot with a parameter', '/a/.;x/b'],
  ['encoded dots with a parameter', '/a/%2e%2e;x=y/b'],
  ['dots with an encoded parameter', '/a/..%3bx/b'],
  ['a percent sign alone', '/%'],
  ['a percent sign and one digit', '/%2'],
  ['a percent sign and letters', '/%zz'],
  ['a percent sign before an escape', '/%%2e'],
  ['an escape of the wide kind', '/%u002f'],
]

const paths: readonly (readonly [name: string, path: string, seen: string])[] = [
  ['an empty segment', '/a//b', '/a/b'],
  ['two slashes first', '//evil.test/a', '/evil.test/a'],
  ['a dot segment', '/a/./b', '/a/b'],
  ['a dot segment that climbs', '/a/../b', '/b'],
  ['dot segments that climb too far', '/../../a', '/a'],
  ['a dot segment last', '/a/b/..', '/a/'],
  ['a dot last', '/a/.', '/a/'],
  ['an encoded dot segment', '/a/%2e%2e/b', '/b'],
  ['an encoded dot segment in upper case', '/a/%2E%2E/b', '/b'],
  ['a half encoded dot segment', '/a/.%2e/b', '/b'],
  ['a twice encoded dot', '/a/%252e%252e/b', '/a/%252e%252e/b'],
  ['a twice encoded slash', '/a%252fb', '/a%252fb'],
  ['a twice encoded NUL', '/a%2500', '/a%2500'],
  ['letters that need no escape', '/%61%7e%5F', '/a~_'],
  ['escapes in lower case', '/%c3%a9', '/%C3%A9'],
  ['an encoded CRLF', '/a%0d%0aX:%20y', '/a%0D%0AX:%20y'],
  ['an encoded space', '/a%20HTTP/1.1', '/a%20HTTP/1.1'],
  ['an encoded question mark', '/a%3fb', '/a%3Fb'],
  ['an encoded fragment', '/a%23b', '/a%23b'],
  ['characters that should have been escaped', '/<a>|{b}^`"[c]', '/%3Ca%3E%7C%7Bb%7D%5E%60%22%5Bc%5D'],
  ['parameters', '/a;b=c/d;e', '/a;b=c/d;e'],
  ['three dots', '/.../a', '/.../a'],
  ['a name that begins with dots', '/..a/b', '/..a/b'],
  ['dots in the query', '/a?b=/../c//d', '/a?b=/../c//d'],
  ['escapes in the query', '/a?b=%2f%00%2e', '/a?b=%2f%00%2e'],
  ['question marks in the query', '/a?b?c', '/a?b?c'],
  ['an empty query', '/a?', '/a?'],
  ['a URL as the path', '/http://globex.test/', '/http:/globex.test/'],
  ['an at sign', '/@globex.test', '/@globex.test'],
]

export const targets: readonly RequestCase[] = [
  ...refusedTargets.map(([name, target]) => refused(`a target of ${name}`, to(target))),
  ...refusedPaths.map(([name, path]) => refused(`a path with ${name}`, to(path))),
  ...paths.map(([name, path, canonical]) => accepted(`a path with ${name}`, to(path), seen(`GET ${canonical}`))),
  refused('no target', message('GET HTTP/1.1')),
  refused('no target between two spaces', message('GET  HTTP/1.1')),
  accepted('OPTIONS of the server as a whole', message('OPTIONS * HTTP/1.1'), seen('OPTIONS *')),
]
