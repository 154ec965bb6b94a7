import type { SeededRandom } from '../../support/seeded-random.ts'

/** What parsers have disagreed about before. */
const morsels: readonly string[] = [
  [
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\n\n',
    ' ',
    '\t',
    '\0',
    '\x0b',
    '\x7f',
    '\x80',
    '\xa0',
    '\xff',
    ':',
    ';',
    ',',
    '"',
    '\\',
    '_',
    '%',
    '#',
  ],
  [
    '0',
    '1',
    '5',
    '+',
    '-',
    '0x',
    'f',
    '\r\n0\r\n\r\n',
    '5\r\nhello\r\n',
    '0\r\n\r\n',
    '5;a=b\r\nhello\r\n',
    ';a="b\\"c"',
    '00000000000000000',
  ],
  [
    'Content-Length: 5\r\n',
    'Content-Length: 0\r\n',
    'content-length:05\r\n',
    'Content-Length: 5, 5\r\n',
    'Content_Length: 5\r\n',
  ],
  [
    'Transfer-Encoding: chunked\r\n',
    'transfer-encoding:\tCHUNKED \r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'Transfer-Encoding : chunked\r\n',
  ],
  [
    'Host: a.test\r\n',
    'Host: b.test\r\n',
    'Connection: close\r\n',
    'Connection: keep-alive\r\n',
    'Connection: x\r\n',
    'Upgrade: h2c\r\n',
  ],
  [
    'chunked',
    'identity',
    'close',
    'keep-alive',
    'upgrade',
    'GET / HTTP/1.1\r\n',
    'POST ',
    ' HTTP/1.1',
    ' HTTP/1.0',
    'HTTP/1.1 200 OK\r\n',
  ],
  [
    'Expect: 100-continue\r\n',
    'X-A:\r\n',
    'X-A: b \t\r\n',
    ' folded\r\n',
    'Trailer: x\r\n',
    'http://a.test',
    '/../',
    '//',
    '%2e',
    '?a=b',
    '*',
  ],
].flat()

/** Changes one to four places of one of the seeds. */
export function mutate(random: SeededRandom, seeds: readonly string[]): string {
  let bytes = random.pick(seeds)
  for (let changes = 1 + random.below(4); changes > 0; changes--) bytes = changeOnce(random, bytes, seeds)
  return bytes
}

function changeOnce(random: SeededRandom, bytes: string, seeds: readonly string[]): string {
  const at = random.below(bytes.length + 1)
  const length = random.below(6)
  switch (random.below(7)) {
    case 0:
      return bytes.slice(0, at) + random.pick(morsels) + bytes.slice(at)
    case 1:
      return bytes.slice(0, at) + random.pick(morsels) + bytes.slice(at + length)
    case 2:
      return bytes.slice(0, at) + bytes.slice(at + length)
    case 3:
      return bytes.slice(0, at) + String.fromCharCode(random.below(256)) + bytes.slice(at + 1)
    case 4:
      return insertLine(random, bytes)
    case 5:
      return bytes.slice(0, at) + bytes.slice(Math.max(0, at - random.below(40)))
    default:
      return bytes + random.pick(seeds)
  }
}

function insertLine(random: SeededRandom, bytes: string): string {
  const lineEnds = [...bytes.matchAll(/\r\n/g)].map(({ index }) => index + 2)
  const at = lineEnds.length === 0 ? bytes.length : random.pick(lineEnds)
  return bytes.slice(0, at) + random.pick(morsels) + bytes.slice(at)
}
