import { BodyDecoder } from '../../../src/wire/http1/body-decoder.ts'
import type { BodyKind } from '../../../src/wire/http1/body-decoder.ts'
import { fieldId } from '../../../src/wire/http1/field-id.ts'
import { requestBodyKind, responseBodyKind } from '../../../src/wire/http1/framing.ts'
import type { ParseError } from '../../../src/wire/http1/parse-error.ts'
import { isParseError } from '../../../src/wire/http1/parse-error.ts'
import { parseRequestHead } from '../../../src/wire/http1/parse-request-head.ts'
import { parseResponseHead } from '../../../src/wire/http1/parse-response-head.ts'
import type { RequestHead } from '../../../src/wire/http1/request-head.ts'
import type { ResponseHead } from '../../../src/wire/http1/response-head.ts'
import type { ReadMessage, ReadMessages } from './read-messages.ts'

type Head = RequestHead | ResponseHead

interface Side {
  parse(buffer: Buffer, start: number, end: number): Head | ParseError | undefined
  bodyKind(head: Head): BodyKind
}

/** Reads requests as the proxy would, the bytes arriving in reads that end at `cuts`. */
export function readRequestsByMtlb(bytes: Buffer, cuts: readonly number[]): ReadMessages {
  const bodyKind = (head: Head): BodyKind => (head.kind === 'request_head' ? requestBodyKind(head) : 'none')
  return new Reader({ parse: parseRequestHead, bodyKind }, bytes).read(cuts)
}

/** The same of answers to `requestMethod`; the connection closes after the last byte. */
export function readResponsesByMtlb(bytes: Buffer, requestMethod: string, cuts: readonly number[]): ReadMessages {
  const bodyKind = (head: Head): BodyKind =>
    head.kind === 'response_head' ? responseBodyKind(head, requestMethod) : 'none'
  const reader = new Reader({ parse: parseResponseHead, bodyKind }, bytes)
  const result = reader.read(cuts)
  reader.finish()
  return result
}

class Reader {
  readonly #side: Side
  readonly #bytes: Buffer
  readonly #result: ReadMessages = { messages: [], error: undefined }
  readonly #decoder = new BodyDecoder()
  #current: ReadMessage | undefined
  #at = 0
  #isOver = false

  constructor(side: Side, bytes: Buffer) {
    this.#side = side
    this.#bytes = bytes
  }

  read(cuts: readonly number[]): ReadMessages {
    for (const end of [...cuts, this.#bytes.length]) {
      let before = -1
      while (!this.#isOver && this.#at < end && this.#at !== before) {
        before = this.#at
        if (this.#current && !this.#current.isComplete) this.#readBody(end)
        else this.#readHead(end)
      }
    }
    return this.#result
  }

  finish(): void {
    if (this.#current && this.#decoder.error === undefined) this.#current.isComplete = this.#decoder.finish()
  }

  #readHead(end: number): void {
    const head = this.#side.parse(this.#bytes, this.#at, end)
    if (head === undefined) return
    if (isParseError(head)) return this.#stop(head.detail)
    this.#decoder.reset(this.#side.bodyKind(head), head.contentLength)
    this.#current = {
      start: startOf(head, this.#bytes, this.#at),
      minorVersion: head.minorVersion,
      fields: head.fieldNames.map((name, index) => [name, head.fieldValues[index]]),
      keepAlive: head.keepAlive,
      body: '',
      isComplete: this.#decoder.isDone,
    }
    this.#result.messages.push(this.#current)
    this.#at += head.byteLength
    // What follows an upgrade is not for this reader to say.
    if (isUpgrade(head)) this.#isOver = true
    if (this.#decoder.isDone && !head.keepAlive) this.#isOver = true
  }

  #readBody(end: number): void {
    if (!this.#current) return
    this.#at = this.#decoder.next(this.#bytes, this.#at, end)
    this.#current.body += this.#bytes.toString('latin1', this.#decoder.dataStart, this.#decoder.dataEnd)
    this.#current.isComplete = this.#decoder.isDone
    if (this.#decoder.error) this.#stop(this.#decoder.error.detail)
    if (this.#decoder.isDone && !this.#current.keepAlive) this.#isOver = true
  }

  #stop(detail: string): void {
    this.#result.error = detail
    this.#isOver = true
  }
}

/** The target as it came: a head keeps only the canonical path. */
function startOf(head: Head, bytes: Buffer, at: number): string {
  if (head.kind === 'response_head') return `${head.status} ${head.reason}`
  const [method, target] = bytes
    .toString('latin1', at, at + head.byteLength)
    .trimStart()
    .split(' ', 2)
  return `${method} ${target}`
}

function isUpgrade(head: Head): boolean {
  if (head.kind === 'response_head' && head.status === 101) return true
  return head.valueOf(fieldId.upgrade) !== undefined && head.connectionOptions.includes('upgrade')
}
