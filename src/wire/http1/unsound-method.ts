import { byteOf } from './char-tables.ts'

const headStart = Buffer.from('HEAD ')

/**
 * What matters of the method of a request in `buffer[start, end)` that is not sound, or not whole: RFC 9110 section 9.3.2, an
 * answer to HEAD has no content, whatever else is wrong with the request. Empty for every other method, and for none.
 */
export function unsoundMethod(buffer: Buffer, start: number, end: number): 'HEAD' | '' {
  // One empty line before a request is not a part of it.
  const at = buffer[start] === byteOf.cr && buffer[start + 1] === byteOf.lf ? start + 2 : start
  const isHead = end - at >= headStart.length && headStart.compare(buffer, at, at + headStart.length) === 0
  return isHead ? 'HEAD' : ''
}
