import type { HashSource } from '../kit/field/hash-source.ts'
import { findCookie, findPair } from '../wire/http1/cookie.ts'
import { findField } from '../wire/http1/find-field.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'

/** Finds what a request has under a name; undefined where it has nothing of that name. */
export type FindsValue = (head: RequestHead) => string | undefined

/** The first header field, cookie or query parameter of that name; undefined for sources that have no name. */
export function compileNamedValue({ kind, name }: HashSource): FindsValue | undefined {
  if (kind === 'header') return (head) => findField(head, name)
  if (kind === 'cookie') return (head) => findCookie(head, name)
  if (kind === 'query') return (head) => findPair(head.query.slice(1), name, '&')
  return undefined
}
