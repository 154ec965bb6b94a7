import { byteOf, lowerByte } from './char-tables.ts'
import type { MessageHead } from './message-head.ts'

/** The first value of the field with that name, which is in lower case; for names that have no id. */
export function findField({ fieldLines, fieldValues }: MessageHead, name: string): string | undefined {
  for (let index = 0; index < fieldLines.length; index++) {
    const line = fieldLines[index]
    if (line.charCodeAt(name.length) === byteOf.colon && startsWith(line, name)) return fieldValues[index]
  }
  return undefined
}

function startsWith(line: string, name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    if (lowerByte[line.charCodeAt(at)] !== name.charCodeAt(at)) return false
  }
  return true
}
