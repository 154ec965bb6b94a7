import { byteOf, isFieldValueByte, isTokenByte } from './char-tables.ts'

const { tab, space, backslash } = byteOf
const quote = 34
const comma = 44
const semicolon = 59
const equals = 61

/** RFC 7239 section 4: elements of pairs, no parameter twice in one. What the parameters say is not judged. */
export function isForwarded(value: string): boolean {
  let at = 0
  for (;;) {
    at = skipSpace(value, endOfElement(value, skipSpace(value, at)))
    if (at === value.length) return true
    if (value.charCodeAt(at) !== comma) return false
    at++
  }
}

/** -1 when it is malformed. */
function endOfElement(value: string, start: number): number {
  const names: string[] = []
  for (let at = start; ; at++) {
    const nameEnd = endOfToken(value, at)
    if (nameEnd > at) {
      const name = value.slice(at, nameEnd).toLowerCase()
      if (value.charCodeAt(nameEnd) !== equals || names.includes(name)) return -1
      names.push(name)
      at = endOfValue(value, nameEnd + 1)
      if (at === -1) return -1
    }
    if (value.charCodeAt(at) !== semicolon) return at
  }
}

/** A token or a quoted string (RFC 9110 section 5.6.4); -1 when it is neither. */
function endOfValue(value: string, start: number): number {
  if (value.charCodeAt(start) === quote) return endOfQuoted(value, start + 1)
  const end = endOfToken(value, start)
  return end === start ? -1 : end
}

function endOfQuoted(value: string, start: number): number {
  for (let at = start; at < value.length; at++) {
    if (value.charCodeAt(at) === quote) return at + 1
    if (value.charCodeAt(at) === backslash) at++
    if (isFieldValueByte[value.charCodeAt(at)] !== 1) return -1
  }
  return -1
}

function endOfToken(value: string, start: number): number {
  let at = start
  while (isTokenByte[value.charCodeAt(at)] === 1) at++
  return at
}

function skipSpace(value: string, start: number): number {
  let at = start
  while (value.charCodeAt(at) === space || value.charCodeAt(at) === tab) at++
  return at
}
