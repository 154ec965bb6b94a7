import { BodyDecoder } from '../../../src/wire/http1/body-decoder.ts'
import type { BodyKind } from '../../../src/wire/http1/body-decoder.ts'

export interface DecodedBody {
  readonly body: string
  readonly isDone: boolean
  readonly detail: string | undefined
  /** Offset behind the last byte that belongs to the body. */
  readonly consumed: number
  readonly received: number
}

/** Feeds the bytes in segments that end at `cuts` (ascending offsets), each in a buffer of its own. */
export function decodeBody(kind: BodyKind, contentLength: number, bytes: Buffer, cuts: readonly number[]): DecodedBody {
  const decoder = new BodyDecoder()
  decoder.reset(kind, contentLength)
  let body = ''
  let consumed = 0
  for (const cut of [...cuts, bytes.length]) {
    // Other bytes around it, so that reading outside the segment shows.
    const segment = Buffer.concat([Buffer.from('\r\n'), bytes.subarray(consumed, cut), Buffer.from('0\r\n\r\n')])
    const end = segment.length - 5
    let at = 2
    while (at < end && !decoder.isDone && decoder.error === undefined) {
      const stop = decoder.next(segment, at, end)
      body += segment.toString('latin1', decoder.dataStart, decoder.dataEnd)
      consumed += stop - at
      at = stop
    }
    if (decoder.isDone || decoder.error !== undefined) break
  }
  const { isDone, error, received } = decoder
  return { body, isDone, detail: error?.detail, consumed, received }
}
