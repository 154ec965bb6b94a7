import { fieldId } from './field-id.ts'
import type { RequestHead } from './request-head.ts'

/** The value of the first cookie with that name (RFC 6265 section 4.2); undefined when there is none, or it is empty. */
export function findCookie({ fieldIds, fieldValues }: RequestHead, name: string): string | undefined {
  for (let index = 0; index < fieldIds.length; index++) {
    if (fieldIds[index] !== fieldId.cookie) continue
    const value = findPair(fieldValues[index], name, ';')
    if (value !== undefined) return value
  }
  return undefined
}

/** The value behind the first `name=` of a list of pairs; undefined when there is none, or nothing behind it. */
export function findPair(pairs: string, name: string, separator: ';' | '&'): string | undefined {
  for (let at = 0; at < pairs.length;) {
    while (pairs.charCodeAt(at) === 32) at++
    const found = pairs.indexOf(separator, at)
    const end = found === -1 ? pairs.length : found
    const valueAt = at + name.length + 1
    if (valueAt < end && pairs.charCodeAt(valueAt - 1) === 61 && pairs.startsWith(name, at)) {
      return pairs.slice(valueAt, end).trimEnd()
    }
    at = end + 1
  }
  return undefined
}

/** All cookies but those whose name begins so, as one field's value; undefined when there are none of those. */
export function withoutCookies({ fieldIds, fieldValues }: RequestHead, prefix: string): string | undefined {
  let isNamed = false
  let kept = ''
  for (let index = 0; index < fieldIds.length; index++) {
    if (fieldIds[index] !== fieldId.cookie) continue
    const value = fieldValues[index]
    for (let at = 0; at < value.length;) {
      const found = value.indexOf(';', at)
      const end = found === -1 ? value.length : found
      const pair = value.slice(at, end).trim()
      at = end + 1
      if (pair.startsWith(prefix)) isNamed = true
      else if (pair !== '') kept += kept === '' ? pair : '; ' + pair
    }
  }
  return isNamed ? kept : undefined
}
