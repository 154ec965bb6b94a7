import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldId } from '../../../src/wire/http1/field-id.ts'
import { isParseError, parseErrors } from '../../../src/wire/http1/parse-error.ts'
import { parseRequestHead } from '../../../src/wire/http1/parse-request-head.ts'
import { acceptedRequests } from './cases/accepted-requests.ts'
import { refusedFields } from './cases/refused-fields.ts'
import { refusedFraming } from './cases/refused-framing.ts'
import { refusedLines } from './cases/refused-lines.ts'
import { checkSplits } from './check-splits.ts'

test('requests that break a rule are refused by that rule, however they are split', () => {
  for (const [name, bytes, status, rule] of [...refusedLines, ...refusedFields, ...refusedFraming]) {
    const buffer = Buffer.from(bytes, 'latin1')
    const answer = parseRequestHead(buffer, 0, buffer.length)
    assert.deepEqual(answer, parseErrors[rule], name)
    assert.equal(parseErrors[rule].status, status, name)
    checkSplits(parseRequestHead, buffer)
  }
})

test('requests that break no rule are read, however they are split', () => {
  for (const [name, bytes, head] of acceptedRequests) {
    const buffer = Buffer.from(bytes, 'latin1')
    const answer = parseRequestHead(buffer, 0, buffer.length)
    assert.ok(answer !== undefined && !isParseError(answer), `${name}: ${JSON.stringify(answer)}`)
    const { fieldNames, ...wanted } = head
    assert.partialDeepStrictEqual(answer, { byteLength: buffer.length, ...wanted }, name)
    if (fieldNames !== undefined) assert.deepEqual(answer.fieldNames, fieldNames, name)
    checkSplits(parseRequestHead, buffer)
    assert.deepEqual(
      parseRequestHead(Buffer.concat([buffer, Buffer.from('\0\n GET')]), 0, buffer.length + 6),
      answer,
      name,
    )
  }
})

test('every name of a case is used once', () => {
  const names = [...refusedLines, ...refusedFields, ...refusedFraming, ...acceptedRequests].map(([name]) => name)
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
})

test('what is wrong already is refused without waiting for the rest', () => {
  const early: [bytes: string, rule: keyof typeof parseErrors][] = [
    ['\n', 'bareLf'],
    ['G\0', 'method'],
    ['GET /\n', 'bareLf'],
    ['GET / HTTP/1.1\r\n ', 'fieldFolded'],
    ['GET / HTTP/1.1\r\nHost: a\n', 'bareLf'],
    ['GET / HTTP/1.1\r\nHost: a\rb', 'bareCr'],
  ]
  for (const [bytes, rule] of early) {
    assert.deepEqual(parseRequestHead(Buffer.from(bytes), 0, bytes.length), parseErrors[rule], JSON.stringify(bytes))
  }
})

test('a name with an underscore is left out, or refused as soon as its line ends', () => {
  const bytes = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nX_Real_Ip: b\r\nX: c\r\n\r\n')
  const head = parseRequestHead(bytes, 0, bytes.length)
  assert.ok(head !== undefined && !isParseError(head))
  assert.deepEqual(head.fieldNames, ['Host', 'X'])
  const lineEnd = bytes.indexOf('X: c')
  for (let end = 0; end <= bytes.length; end += 1) {
    const wanted = end < lineEnd ? undefined : parseErrors.fieldUnderscore
    assert.deepEqual(parseRequestHead(bytes, 0, end, 'refuse'), wanted, `${end} bytes`)
  }
})

test('a head gives the first value of a field', () => {
  const bytes = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nCookie: b\r\nX: c\r\ncookie: d\r\n\r\n')
  const head = parseRequestHead(bytes, 0, bytes.length)
  assert.ok(head !== undefined && !isParseError(head))
  assert.deepEqual([head.valueOf(fieldId.cookie), head.valueOf(fieldId.userAgent)], ['b', undefined])
})

test('pipelined requests are found one behind the other', () => {
  const bytes = Buffer.from('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
  const first = parseRequestHead(bytes, 0, bytes.length)
  assert.ok(first !== undefined && !isParseError(first))
  const second = parseRequestHead(bytes, first.byteLength, bytes.length)
  assert.ok(second !== undefined && !isParseError(second))
  assert.deepEqual([first.path, second.path], ['/1', '/2'])
  assert.equal(parseRequestHead(bytes, bytes.length, bytes.length), undefined)
})

test('a field line is written on in one spelling, however it came', () => {
  const buffer = Buffer.from('GET / HTTP/1.1\r\nhOst: a\r\nX:b\r\nY: \t c d \t\r\nZ:\r\nV: \r\n\r\n', 'latin1')
  const head = parseRequestHead(buffer, 0, buffer.length)
  assert.ok(head !== undefined && !isParseError(head))
  assert.deepEqual(head.fieldLines, ['hOst: a\r\n', 'X: b\r\n', 'Y: c d\r\n', 'Z: \r\n', 'V: \r\n'])
})
