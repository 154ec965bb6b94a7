import assert from 'node:assert/strict'
import type { MessageHead } from '../../../src/wire/http1/message-head.ts'
import type { ParseError } from '../../../src/wire/http1/parse-error.ts'

export type HeadParser<Head extends MessageHead> = (
  buffer: Buffer,
  start: number,
  end: number,
) => Head | ParseError | undefined

/** Fails unless the parser says the same of these bytes wherever a read may have ended, and wherever they lie in the buffer. */
export function checkSplits<Head extends MessageHead>(parse: HeadParser<Head>, bytes: Buffer): void {
  const whole = parse(bytes, 0, bytes.length)
  let settled: Head | ParseError | undefined
  for (let cut = 0; cut < bytes.length; cut += stride(bytes.length, cut)) {
    const answer = parse(bytes, 0, cut)
    if (settled !== undefined) assert.deepEqual(answer, settled, `cut at ${cut}: changed its mind`)
    settled = answer
  }
  if (settled !== undefined) assert.deepEqual(whole, settled, 'the whole: changed its mind')

  const moved = Buffer.concat([Buffer.from('\n\0 :'), bytes])
  assert.deepEqual(parse(moved, 4, moved.length), whole, 'behind other bytes')
}

/** Every boundary of short inputs; of long ones a sample, and all near the end. */
function stride(length: number, cut: number): number {
  return length < 2_000 || cut > length - 64 ? 1 : 61
}
