import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'
import { statusRangeKind } from './status-range.ts'

/** What an attempt may fail by besides a status. */
const retryFaults = ['connect', 'reset', 'timeout', 'protocol'] as const

/** `connect`, `reset`, `timeout`, `protocol`, or statuses of 5xx: `503`, `502-504`; an item of a list. */
export const retryCauseKind: FieldKind<string> = {
  ...textKind,
  kind: 'retry cause',
  valueName: 'cause',
  parse(text, label) {
    if (retryFaults.some((fault) => fault === text)) return text
    if (/^5\d\d(?:-5\d\d)?$/.test(text)) return statusRangeKind.parse(text, label)
    throw createMismatch(label, text, 'one of connect, reset, timeout, protocol, or statuses like 503 or 502-504')
  },
}
