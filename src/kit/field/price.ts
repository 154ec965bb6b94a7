import { parseTier, renderTier } from '../price.ts'
import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'

/** `0.40/1M`, `10TB:0.05/1GB`; kept in its shortest form. */
export const tierKind: FieldKind<string> = {
  ...textKind,
  kind: 'price',
  valueName: 'price',
  parse(text, label) {
    const tier = parseTier(text)
    if (tier !== undefined) return renderTier(tier)
    throw createMismatch(
      label,
      text,
      "a price like '0.40/1M' requests, '0.09/1GB' or '1.20/1h', from a quantity on like '10M:0.30/1M'",
    )
  },
}
