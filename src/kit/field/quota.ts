import { parseQuota, renderQuota } from '../quota.ts'
import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'

/** `1000000/month`, `10GB/day`, `2h/week`; kept in its shortest form. */
export const quotaKind: FieldKind<string> = {
  ...textKind,
  kind: 'quota',
  valueName: 'quota',
  parse(text, label) {
    const parsed = parseQuota(text)
    if (parsed !== undefined) return renderQuota(parsed)
    throw createMismatch(
      label,
      text,
      "requests, bytes or time at endpoints per period like '1000000/month', '10GB/day', '2h/week' or '500/5h'",
    )
  },
}
