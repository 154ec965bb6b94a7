import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BodyDecoder } from '../../../src/wire/http1/body-decoder.ts'
import { isParseError } from '../../../src/wire/http1/parse-error.ts'
import { parseRequestHead } from '../../../src/wire/http1/parse-request-head.ts'
import { parseResponseHead } from '../../../src/wire/http1/parse-response-head.ts'

/** A place in a message, what may stand there, and whether a message with that character there is accepted whole. */
interface Place {
  readonly name: string
  readonly allowed: RegExp
  isAccepted(character: string): boolean
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/
const text = /^[\t\x20-\x7e\x80-\xff]$/

const places: Place[] = [
  {
    name: 'method',
    allowed: /^[!#$%&'*+\-.^_`|~0-9A-Z]$/,
    isAccepted: (character) => acceptsRequest(`A${character}B / HTTP/1.1\r\nHost: a\r\n\r\n`),
  },
  {
    name: 'path',
    allowed: /^[!"$&-[\]-~]$/,
    isAccepted: (character) => acceptsRequest(`GET /a${character}b HTTP/1.1\r\nHost: a\r\n\r\n`),
  },
  {
    name: 'query',
    allowed: /^[!"$-[\]-~]$/,
    isAccepted: (character) => acceptsRequest(`GET /?a${character}b HTTP/1.1\r\nHost: a\r\n\r\n`),
  },
  {
    name: 'host',
    allowed: /^[A-Za-z0-9\-._]$/,
    isAccepted: (character) => acceptsRequest(`GET / HTTP/1.1\r\nHost: a${character}b\r\n\r\n`),
  },
  {
    name: 'port',
    allowed: /^[0-9]$/,
    isAccepted: (character) => acceptsRequest(`GET / HTTP/1.1\r\nHost: a:1${character}1\r\n\r\n`),
  },
  {
    name: 'field name',
    allowed: token,
    isAccepted: (character) =>
      character !== ':' && acceptsRequest(`GET / HTTP/1.1\r\nHost: a\r\nX${character}Y: a\r\n\r\n`),
  },
  {
    name: 'field value',
    allowed: text,
    isAccepted: (character) => acceptsRequest(`GET / HTTP/1.1\r\nHost: a\r\nX: a${character}b\r\n\r\n`),
  },
  {
    name: 'Content-Length',
    allowed: /^[0-9]$/,
    isAccepted: (character) => acceptsRequest(`GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1${character}1\r\n\r\n`),
  },
  {
    name: 'reason',
    allowed: text,
    isAccepted: (character) => acceptsResponse(`HTTP/1.1 200 a${character}b\r\n\r\n`),
  },
  {
    name: 'status',
    allowed: /^[0-9]$/,
    isAccepted: (character) => acceptsResponse(`HTTP/1.1 2${character}0 a\r\n\r\n`),
  },
  {
    name: 'chunk size',
    allowed: /^[0-9a-fA-F]$/,
    isAccepted: (character) => acceptsChunks(`0${character}`),
  },
  {
    name: 'chunk extension',
    allowed: /^[;!#$%&'*+\-.^_`|~0-9A-Za-z=]$/,
    isAccepted: (character) => acceptsChunks(`0;a${character}b`),
  },
  {
    name: 'quoted chunk extension',
    allowed: /^[\t\x20-\x21\x23-\x5b\x5d-\x7e\x80-\xff]$/,
    isAccepted: (character) => acceptsChunks(`0;a="${character}"`),
  },
  {
    name: 'escape in a quoted chunk extension',
    allowed: text,
    isAccepted: (character) => acceptsChunks(`0;a="\\${character}"`),
  },
  {
    name: 'trailer name',
    allowed: token,
    isAccepted: (character) => character !== ':' && acceptsChunks(`0\r\nX${character}Y: a`),
  },
  {
    name: 'trailer value',
    allowed: text,
    isAccepted: (character) => acceptsChunks(`0\r\nX: a${character}b`),
  },
]

test('every byte is allowed in every place where its RFC allows it, and nowhere else', () => {
  for (const { name, allowed, isAccepted } of places) {
    for (let byte = 0; byte < 256; byte++) {
      const character = String.fromCharCode(byte)
      assert.equal(isAccepted(character), allowed.test(character), `${name}: ${JSON.stringify(character)}`)
    }
  }
})

function acceptsRequest(bytes: string): boolean {
  const buffer = Buffer.from(bytes, 'latin1')
  const head = parseRequestHead(buffer, 0, buffer.length)
  return head !== undefined && !isParseError(head)
}

function acceptsResponse(bytes: string): boolean {
  const buffer = Buffer.from(bytes, 'latin1')
  const head = parseResponseHead(buffer, 0, buffer.length)
  return head !== undefined && !isParseError(head)
}

/** The line of a last chunk, or of a chunk: nothing behind it is needed to judge it. */
function acceptsChunks(line: string): boolean {
  const buffer = Buffer.from(`${line}\r\n`, 'latin1')
  const decoder = new BodyDecoder()
  decoder.reset('chunked', -1)
  return decoder.next(buffer, 0, buffer.length) === buffer.length && decoder.error === undefined
}
