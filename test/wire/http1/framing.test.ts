import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BodyKind } from '../../../src/wire/http1/body-decoder.ts'
import { requestBodyKind, responseBodyKind } from '../../../src/wire/http1/framing.ts'
import { isParseError } from '../../../src/wire/http1/parse-error.ts'
import { parseRequestHead } from '../../../src/wire/http1/parse-request-head.ts'
import { parseResponseHead } from '../../../src/wire/http1/parse-response-head.ts'

const requests: [fields: string, kind: BodyKind][] = [
  ['', 'none'],
  ['Content-Length: 0\r\n', 'length'],
  ['Content-Length: 5\r\n', 'length'],
  ['Transfer-Encoding: chunked\r\n', 'chunked'],
]

test('the body of a request follows from its fields', () => {
  for (const [fields, kind] of requests) {
    const bytes = Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`)
    const head = parseRequestHead(bytes, 0, bytes.length)
    assert.ok(head !== undefined && !isParseError(head))
    assert.equal(requestBodyKind(head), kind, fields)
  }
})

const length = 'Content-Length: 5\r\n'
const chunked = 'Transfer-Encoding: chunked\r\n'

const responses: [method: string, status: number, fields: string, kind: BodyKind][] = [
  ['GET', 200, '', 'until_close'],
  ['GET', 200, length, 'length'],
  ['GET', 200, 'Content-Length: 0\r\n', 'length'],
  ['GET', 200, chunked, 'chunked'],
  ['POST', 404, '', 'until_close'],
  ['HEAD', 200, '', 'none'],
  ['HEAD', 200, length, 'none'],
  ['HEAD', 200, chunked, 'none'],
  ['GET', 100, '', 'none'],
  ['GET', 103, length, 'none'],
  ['GET', 101, '', 'none'],
  ['GET', 204, '', 'none'],
  ['GET', 204, length, 'none'],
  ['GET', 204, chunked, 'none'],
  ['GET', 304, length, 'none'],
  ['GET', 304, chunked, 'none'],
  ['GET', 205, length, 'length'],
]

test('the body of a response follows from the method, the status and then the fields', () => {
  for (const [method, status, fields, kind] of responses) {
    const bytes = Buffer.from(`HTTP/1.1 ${status} x\r\n${fields}\r\n`)
    const head = parseResponseHead(bytes, 0, bytes.length)
    assert.ok(head !== undefined && !isParseError(head))
    assert.equal(responseBodyKind(head, method), kind, `${method} ${status} ${fields}`)
  }
})
