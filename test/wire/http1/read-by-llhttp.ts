import assert from 'node:assert/strict'
import type { ReadMessage, ReadMessages } from './read-messages.ts'

/** What `node:_http_common` has and nobody declares. */
interface HttpCommon {
  readonly HTTPParser: ParserClass
  readonly methods: readonly string[]
}

interface ParserClass {
  new (): Parser
  readonly REQUEST: number
  readonly RESPONSE: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

interface Parser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenientFlags: number): void
  execute(bytes: Buffer): number | Error
  finish(): Error | undefined
  close(): void
  [callback: number]: (...values: never[]) => unknown
}

/** Fields and URL are undefined when `kOnHeaders` had them; status and reason are for responses, method and URL for requests. */
type HeadValues = [
  majorVersion: number,
  minorVersion: number,
  fields: string[] | undefined,
  method: number | undefined,
  url: string | undefined,
  status: number | undefined,
  reason: string | undefined,
  isUpgrade: boolean,
  keepAlive: boolean,
]

const { HTTPParser, methods } = builtin()
const maxHeaderBytes = 1_000_000
const noLeniency = 0

/** Methods that llhttp knows; it refuses all others, which are tokens all the same. */
export const llhttpMethods: ReadonlySet<string> = new Set(methods)

/** Reads with Node's own parser, as strict as it gets. Requests that ask for an upgrade end the reading. */
export function readRequestsByLlhttp(bytes: Buffer, cuts: readonly number[] = []): ReadMessages {
  return read({ type: HTTPParser.REQUEST, requestMethod: 'GET' }, bytes, cuts)
}

/** The same of answers to `requestMethod`, of which the connection closes after the last byte. */
export function readResponsesByLlhttp(
  bytes: Buffer,
  requestMethod: string,
  cuts: readonly number[] = [],
): ReadMessages {
  return read({ type: HTTPParser.RESPONSE, requestMethod }, bytes, cuts)
}

interface Side {
  readonly type: number
  readonly requestMethod: string
}

/** The bytes arrive in reads that end at `cuts`, in ascending order. */
function read({ type, requestMethod }: Side, bytes: Buffer, cuts: readonly number[]): ReadMessages {
  const result: ReadMessages = { messages: [], error: undefined }
  const parser = new HTTPParser()
  parser.initialize(type, {}, maxHeaderBytes, noLeniency)
  let earlyFields: string[] = []
  let earlyUrl = ''
  let current: ReadMessage | undefined
  // llhttp hands out fields in portions when there are many of them.
  parser[HTTPParser.kOnHeaders] = (fields: string[], url: string) => {
    earlyFields = earlyFields.concat(fields)
    earlyUrl += url
  }
  parser[HTTPParser.kOnHeadersComplete] = (...values: HeadValues) => {
    const [, minorVersion, fields, method, url, status, reason, , keepAlive] = values
    const start = type === HTTPParser.REQUEST ? `${methods[method ?? -1]} ${url ?? earlyUrl}` : `${status} ${reason}`
    current = { start, minorVersion, fields: pairsOf(fields ?? earlyFields), keepAlive, body: '', isComplete: false }
    result.messages.push(current)
    earlyFields = []
    earlyUrl = ''
    return requestMethod === 'HEAD' ? 1 : 0
  }
  parser[HTTPParser.kOnBody] = (part: Buffer) => {
    if (current) current.body += part.toString('latin1')
  }
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (current) current.isComplete = true
    // Trailer fields came the same way.
    earlyFields = []
    earlyUrl = ''
  }
  const outcome = execute(parser, bytes, cuts)
  if (typeof outcome !== 'number') result.error = outcome.message
  if (typeof outcome === 'number' && type === HTTPParser.RESPONSE) result.error = parser.finish()?.message
  parser.close()
  return result
}

function execute(parser: Parser, bytes: Buffer, cuts: readonly number[]): number | Error {
  let at = 0
  for (const cut of [...cuts, bytes.length]) {
    // A part of a buffer of its own, and never an empty one: that would be the end.
    const outcome = cut > at ? parser.execute(Buffer.from(bytes.subarray(at, cut))) : 0
    if (typeof outcome !== 'number' || outcome < cut - at) return outcome
    at = Math.max(at, cut)
  }
  return at
}

function pairsOf(flat: string[]): [name: string, value: string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2], flat[index * 2 + 1]])
}

function builtin(): HttpCommon {
  const common = process.getBuiltinModule('node:_http_common')
  assert.ok(common)
  return common as HttpCommon
}
