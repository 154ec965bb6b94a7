import {
  spaces,
  lineEnds,
  lengthValues,
  codingValues,
  lengthNames,
  codingNames,
  hostValues,
  sizes,
} from './framing-variants.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Who is asked, and who must not be asked instead. */
export interface MutationHosts {
  readonly host: string
  readonly other: string
}

const head = (start: string, ...fields: readonly string[]) => [start, 'Host: @host', ...fields, '', ''].join('\r\n')
const smuggled = head('GET /smuggled HTTP/1.1')
const length = `Content-Length: @length`
const chunked = 'Transfer-Encoding: chunked'
const chunk = `@size\r\n${smuggled}\r\n`

/** Sound messages, each with what would be a request if its framing were read otherwise. */
const messages: readonly string[] = [
  head('POST /a HTTP/1.1', length) + smuggled,
  head('GET /a?b HTTP/1.1', 'A: b', length) + smuggled,
  head('PUT /a HTTP/1.1', length, 'Content-Type: text/plain') + smuggled,
  head('POST /a HTTP/1.1', chunked) + `${chunk}0\r\n\r\n`,
  head('POST /a HTTP/1.1', chunked, 'A: b') + `5\r\nhello\r\n${chunk}0\r\n\r\n`,
  head('DELETE /a HTTP/1.1', chunked) + `5;a=b\r\nhello\r\n${chunk}0\r\nA: b\r\n\r\n`,
  head('OPTIONS /a HTTP/1.1', 'A: b', chunked) + `5;a="b"\r\nhello\r\n0;c\r\n\r\n`,
  head('POST /a HTTP/1.0', 'Connection: keep-alive', length) + smuggled,
  head('GET /a HTTP/1.1', 'A: b', 'C: d'),
]

type Mutation = (random: SeededRandom, message: string) => string

/** One kind of change each; those to the framing's own lines come more often than not to nothing but another spelling. */
const mutations: readonly Mutation[] = [
  (random, message) => insertLine(random, message, fieldLine(random, lengthNames, lengthValues)),
  (random, message) => insertLine(random, message, fieldLine(random, codingNames, codingValues)),
  (random, message) => insertLine(random, message, fieldLine(random, ['Host', 'host', 'Host_', ' Host'], hostValues)),
  (random, message) => replaceLine(message, /Content-Length: .*\r\n/, fieldLine(random, lengthNames, lengthValues)),
  (random, message) => replaceLine(message, /Transfer-Encoding: .*\r\n/, fieldLine(random, codingNames, codingValues)),
  (random, message) => replaceLine(message, /Host: .*\r\n/, fieldLine(random, ['Host', 'hOST', 'Host '], hostValues)),
  (random, message) => replaceAnywhere(random, message, /\r\n/g, random.pick(lineEnds)),
  (random, message) =>
    replaceAnywhere(random, message, /: /g, random.pick([`${random.pick(spaces)}:`, `:${random.pick(spaces)}`])),
  (random, message) => replaceAnywhere(random, message, /(?<=\r\n)(?:@size|5|0)(?=[;\r])/g, random.pick(sizes)),
  (random, message) =>
    replaceAnywhere(random, message, /(?<=\n)\r\n(?=0|@size|\r)/g, random.pick(['', '\n', '\r\n', 'X', '\r\n\r\n'])),
  (random, message) =>
    replaceAnywhere(
      random,
      message,
      /HTTP\/1\.[01]/g,
      random.pick(['HTTP/1.0', 'HTTP/1.1', 'HTTP/0.9', 'HTTP/1.2', 'http/1.1', 'HTTP/2.0']),
    ),
  (random, message) =>
    message.replace(
      ' /a',
      random.pick([' http://@host/a', ' http://@other/a', ' //a', ' http://a@@host/a', ' /a#', ' *']),
    ),
  (random, message) =>
    insertLine(
      random,
      message,
      random.pick([
        'Connection: close',
        'Connection: Transfer-Encoding',
        'Connection: Content-Length',
        'Connection: Host',
        ' folded',
        '\tfolded',
        ': empty',
        'No colon',
        'Expect: 100-continue',
        'TE: chunked',
        'Trailer: Content-Length',
      ]),
    ),
  (random, message) => {
    const at = random.below(message.length + 1)
    return message.slice(0, at) + random.pick([...spaces, ...lineEnds]) + message.slice(at + random.below(2))
  },
  (random, message) => {
    const at = random.below(message.length)
    return message.slice(0, at) + String.fromCharCode(random.below(256)) + message.slice(at + 1)
  },
]

/**
 * One sound message with one or two changes to its lengths, codings, Host, line ends or chunks. The length and the size that
 * would be right are filled in at the end, so that most of them stay right.
 */
export function mutateFraming(random: SeededRandom, { host, other }: MutationHosts): string {
  let message = random.pick(messages)
  for (let changes = 1 + random.below(2); changes > 0; changes -= 1) message = random.pick(mutations)(random, message)
  const smuggledLength = smuggled.replace('@host', host).length
  return message
    .replaceAll('@host', host)
    .replaceAll('@HOST', host.toUpperCase())
    .replaceAll('@other', other)
    .replaceAll('@length', String(smuggledLength))
    .replaceAll('@size', smuggledLength.toString(16))
}

function fieldLine(random: SeededRandom, names: readonly string[], values: readonly string[]): string {
  const isOdd = random.below(8) === 0
  const colon = isOdd ? random.pick(spaces) + ':' + random.pick(spaces) : ': '
  return random.pick(names) + colon + random.pick(values)
}

function insertLine(random: SeededRandom, message: string, line: string): string {
  return replaceAnywhere(random, message, /\r\n/g, `\r\n${line}\r\n`)
}

function replaceLine(message: string, pattern: RegExp, line: string): string {
  return message.replace(pattern, () => `${line}\r\n`)
}

function replaceAnywhere(random: SeededRandom, message: string, pattern: RegExp, replacement: string): string {
  const places = [...message.matchAll(pattern)]
  if (places.length === 0) return message
  const { index, 0: text } = random.pick(places)
  return message.slice(0, index) + replacement + message.slice(index + text.length)
}
