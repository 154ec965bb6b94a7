import { fieldIdAt } from './field-id.ts'
import type { MessageHead } from './message-head.ts'
import { fieldScan } from './scan-fields.ts'

/** Copies what `scanFields` found into `head`; `text` is the latin1 text of `buffer` from `textStart` on. */
export function fillFields(head: MessageHead, buffer: Buffer, text: string, textStart: number): void {
  const { count, spans } = fieldScan
  for (let at = 0; at < count * 4; at += 4) {
    head.fieldNames.push(text.slice(spans[at] - textStart, spans[at + 1] - textStart))
    head.fieldValues.push(text.slice(spans[at + 2] - textStart, spans[at + 3] - textStart))
    const id = fieldIdAt(buffer, spans[at], spans[at + 1])
    head.fieldIds.push(id)
    const bit = id < 32 ? 1 << id : 0
    head.repeatedIds |= head.seenIds & bit
    head.seenIds |= bit
  }
}
