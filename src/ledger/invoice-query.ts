import { createLines, partsOfSpan, totalOf } from './invoice.ts'
import type { InvoiceLine, PriceVersion } from './invoice.ts'
import { queryUsage } from './usage-query.ts'
import type { Span } from './usage-query.ts'
import { createUsage } from './usage.ts'

export interface InvoiceQuery extends Span {
  readonly tenantId: number
  readonly prices: readonly PriceVersion[]
  /** Of the currency, behind its point. */
  readonly digits: number
}

export interface Invoice {
  readonly lines: readonly InvoiceLine[]
  /** Smallest parts of the currency: the sum of the lines. */
  readonly total: bigint
}

/** What a tenant used in that time, at those prices. Throws UserError `storage`. */
export function queryInvoice(folder: string, { tenantId, prices, digits, startMs, endMs }: InvoiceQuery): Invoice {
  const bounds = partsOfSpan(prices, { startMs, endMs })
  const partOf = (timeMs: number) => String(bounds.findLastIndex((bound) => bound <= timeMs))
  const used = queryUsage(folder, { tenantId, of: 'tenant', spanOf: () => ({ startMs, endMs }), groupOf: partOf })
  const parts = bounds.slice(0, -1).map((bound, index) => ({
    startMs: bound,
    endMs: bounds[index + 1],
    usage: used.find(({ group }) => group === String(index))?.usage ?? createUsage(),
  }))
  const lines = createLines(parts, prices, digits)
  return { lines, total: totalOf(lines) }
}
