import { isToken } from './char-tables.ts'
import { fieldId, fieldIdOf } from './field-id.ts'
import { listElements } from './list.ts'
import type { MessageHead } from './message-head.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'

const connectionBit = 1 << fieldId.connection

/**
 * Reads every Connection field into `keepAlive` and `connectionOptions`. RFC 9112 section 9.3: `close` wins; HTTP/1.0
 * persists only with `keep-alive`.
 */
export function readConnection(head: MessageHead): ParseError | undefined {
  head.keepAlive = head.minorVersion === 1
  if ((head.seenIds & connectionBit) === 0) return undefined
  const first = head.fieldIds.indexOf(fieldId.connection)
  const isOnly = (head.repeatedIds & connectionBit) === 0
  if (!isOnly || head.fieldValues[first] !== 'keep-alive') return readOptions(head, first)
  head.keepAlive = true
  return undefined
}

function readOptions(head: MessageHead, first: number): ParseError | undefined {
  const options: string[] = []
  for (let index = first; index !== -1; index = head.fieldIds.indexOf(fieldId.connection, index + 1)) {
    for (const option of listElements(head.fieldValues[index])) {
      if (!isToken(option)) return parseErrors.connectionMalformed
      if (mayNotBeNamed(option)) return parseErrors.connectionForbidden
      options.push(option.toLowerCase())
    }
  }
  head.keepAlive = !options.includes('close') && (head.minorVersion === 1 || options.includes('keep-alive'))
  const others = options.filter((option) => option !== 'close' && option !== 'keep-alive')
  if (others.length > 0) head.connectionOptions = others
  return undefined
}

/**
 * RFC 9110 section 7.6.1: options must not name fields meant for every recipient. Removing these would change who is asked,
 * who asks or what is said.
 */
function mayNotBeNamed(option: string): boolean {
  const id = fieldIdOf(option)
  if (id === fieldId.host || id === fieldId.authorization || id === fieldId.xApiKey) return true
  if (id === fieldId.forwarded || id === fieldId.xMtlb) return true
  const name = option.toLowerCase()
  return name.startsWith('content-') || name.startsWith('x-forwarded-')
}
