import { byteOf } from './char-tables.ts'

/** RFC 9110 section 5.6.1: elements of a comma-separated list, without the empty ones, trimmed of SP and HTAB only. */
export function listElements(value: string): string[] {
  const elements: string[] = []
  for (const element of value.split(',')) {
    const trimmed = trimWhiteSpace(element)
    if (trimmed !== '') elements.push(trimmed)
  }
  return elements
}

/** Not `String.prototype.trim`, which would also take NBSP (0xA0 in latin1) for white space. */
function trimWhiteSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text, start)) start++
  while (end > start && isWhiteSpace(text, end - 1)) end--
  return text.slice(start, end)
}

function isWhiteSpace(text: string, at: number): boolean {
  const character = text.charCodeAt(at)
  return character === byteOf.space || character === byteOf.tab
}
