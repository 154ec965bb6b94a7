import { accepted, get, message, post, refused, seen, smuggled } from '../request-case.ts'
import type { RequestCase } from '../request-case.ts'

const body = `5\r\nhello\r\n0\r\n\r\n`
const chunked = 'Transfer-Encoding: chunked'

/** RFC 9112 section 6.1. */
const refusedLines: readonly (readonly [name: string, status: number, ...lines: string[]])[] = [
  ['empty', 400, 'Transfer-Encoding:'],
  ['of white space', 400, 'Transfer-Encoding: \t'],
  ['identity', 400, 'Transfer-Encoding: identity'],
  ['identity, then chunked', 400, 'Transfer-Encoding: identity, chunked'],
  ['chunked, then identity', 400, 'Transfer-Encoding: chunked, identity'],
  ['chunked twice in a list', 400, 'Transfer-Encoding: chunked, chunked'],
  ['chunked and a comma', 400, 'Transfer-Encoding: chunked,'],
  ['a comma and chunked', 400, 'Transfer-Encoding: ,chunked'],
  ['chunked twice', 400, chunked, chunked],
  ['chunked and another field of it', 400, chunked, 'Transfer-Encoding: cow'],
  ['another field and chunked', 400, 'Transfer-Encoding: cow', chunked],
  ['chunked and an empty field of it', 400, chunked, 'Transfer-Encoding:'],
  ['chunked and identity in odd case', 400, chunked, 'transfer-encoding: identity'],
  ['with a prefix', 400, 'Transfer-Encoding: xchunked'],
  ['with a suffix', 400, 'Transfer-Encoding: chunkedx'],
  ['with a dash', 400, 'Transfer-Encoding: chunk-ed'],
  ['with a space within', 400, 'Transfer-Encoding: chun ked'],
  ['quoted', 400, 'Transfer-Encoding: "chunked"'],
  ['in single quotes', 400, "Transfer-Encoding: 'chunked'"],
  ['with a parameter', 400, 'Transfer-Encoding: chunked;a=b'],
  ['with a semicolon', 400, 'Transfer-Encoding: chunked;'],
  ['with a weight', 400, 'Transfer-Encoding: chunked;q=0'],
  ['with a colon', 400, 'Transfer-Encoding: : chunked'],
  ['with a no-break space before it', 400, 'Transfer-Encoding: \xa0chunked'],
  ['with a no-break space after it', 400, 'Transfer-Encoding: chunked\xa0'],
  ['with a vertical tab before it', 400, 'Transfer-Encoding: \x0bchunked'],
  ['with a vertical tab after it', 400, 'Transfer-Encoding: chunked\x0b'],
  ['with a form feed after it', 400, 'Transfer-Encoding: chunked\x0c'],
  ['with a NUL after it', 400, 'Transfer-Encoding: chunked\0'],
  ['with a CR after it', 400, 'Transfer-Encoding: chunked\r'],
  ['with a Kelvin sign', 400, 'Transfer-Encoding: chun\xe2\x84\xaaed'],
  ['unknown', 400, 'Transfer-Encoding: cow'],
  ['unknown, then chunked', 400, 'Transfer-Encoding: cow, chunked'],
  ['a name of trailers', 400, 'Transfer-Encoding: trailers'],
  ['gzip', 501, 'Transfer-Encoding: gzip'],
  ['gzip, then chunked', 501, 'Transfer-Encoding: gzip, chunked'],
  ['chunked, then gzip', 400, 'Transfer-Encoding: chunked, gzip'],
  ['x-gzip in odd case', 501, 'Transfer-Encoding: X-GZip, chunked'],
  ['deflate', 501, 'Transfer-Encoding: deflate'],
  ['compress', 501, 'Transfer-Encoding: compress'],
  ['two known ones', 501, 'Transfer-Encoding: gzip, deflate, chunked'],
  ['a known and an unknown one', 400, 'Transfer-Encoding: gzip, cow'],
]

/** RFC 9112 section 5: the field would be there for one who reads leniently. */
const refusedNames: readonly (readonly [name: string, line: string])[] = [
  ['a space before the colon', 'Transfer-Encoding : chunked'],
  ['a tab before the colon', 'Transfer-Encoding\t: chunked'],
  ['a NUL in the name', 'Transfer-Encoding\0: chunked'],
  ['a CR before the colon', 'Transfer-Encoding\r: chunked'],
  ['a space in the name', 'Transfer Encoding: chunked'],
  ['a space before the name', ' Transfer-Encoding: chunked'],
  ['a tab before the name', '\tTransfer-Encoding: chunked'],
  ['a CR before the name', '\rTransfer-Encoding: chunked'],
  ['a vertical tab before the name', '\x0bTransfer-Encoding: chunked'],
  ['a no-break space behind the name', 'Transfer-Encoding\xa0: chunked'],
  ['an equals sign for the colon', 'Transfer-Encoding=chunked'],
  ['a semicolon for the colon', 'Transfer-Encoding; chunked'],
  ['no colon', 'Transfer-Encoding chunked'],
  ['a soft hyphen in the name', 'Transfer\xadEncoding: chunked'],
  ['a bare LF before it', 'A: b\nTransfer-Encoding: chunked'],
  ['a bare CR before it', 'A: b\rTransfer-Encoding: chunked'],
  ['two CRs before it', 'A: b\r\r\nTransfer-Encoding: chunked'],
  ['its value on a line of its own', 'Transfer-Encoding:\r\n chunked'],
  ['a folded line before it', 'A: b\r\n c\r\nTransfer-Encoding: chunked'],
]

export const codings: readonly RequestCase[] = [
  ...refusedLines.map(([name, status, ...lines]) =>
    refused(`Transfer-Encoding ${name}`, post(...lines) + body + smuggled, status),
  ),
  ...refusedNames.map(([name, line]) =>
    refused(`Transfer-Encoding with ${name}`, post('Content-Length: 5', line) + body + smuggled),
  ),
  refused('Transfer-Encoding on HTTP/1.0', message('POST / HTTP/1.0', chunked) + body),
  refused(
    'Transfer-Encoding on HTTP/1.0 that stays',
    message('POST / HTTP/1.0', 'Connection: keep-alive', chunked) + body,
  ),
  refused('a known coding on HTTP/1.0', message('POST / HTTP/1.0', 'Transfer-Encoding: gzip') + body),
  refused('a bad coding on a GET', get('Transfer-Encoding: chunked, chunked') + body),

  accepted('chunked', post(chunked) + body, seen('POST /', chunked) + body),
  accepted('chunked in odd case', post('tRANSFER-eNCODING: cHUNKED') + body, seen('POST /', chunked) + body),
  accepted('chunked without a space', post('Transfer-Encoding:chunked') + body, seen('POST /', chunked) + body),
  accepted('chunked in white space', post('Transfer-Encoding:\t chunked \t') + body, seen('POST /', chunked) + body),
  ...['GET', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'PURGE'].map((method) =>
    accepted(
      `a chunked body on ${method}`,
      message(`${method} / HTTP/1.1`, chunked) + body,
      seen(`${method} /`, chunked) + body,
    ),
  ),
  accepted('an empty chunked body', get(chunked) + '0\r\n\r\n', seen('GET /', chunked) + '0\r\n\r\n'),
  accepted(
    'Content-Encoding is another field',
    post('Content-Encoding: chunked', 'Content-Length: 2') + 'ok',
    seen('POST /', 'Content-Encoding: chunked', 'Content-Length: 2') + 'ok',
  ),
  accepted('TE is for the next hop alone', get('TE: trailers, chunked'), seen('GET /')),
  accepted(
    'a name that ends in the same way',
    get('X-Transfer-Encoding: cow'),
    seen('GET /', 'X-Transfer-Encoding: cow'),
  ),
]
