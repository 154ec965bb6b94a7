import { pricedItems, renderAmount, renderMoney, renderQuantity } from '../../kit/price.ts'
import { renderTime } from '../../kit/time.ts'
import type { InvoiceLine } from '../../ledger/invoice.ts'
import type { Column } from './column.ts'
import { createColumn } from './column.ts'

/** What all lines of an invoice share. */
export interface InvoiceHead {
  readonly tenantId: number
  readonly tenant: string
  /** `2026-11` */
  readonly month: string
  readonly currency: string
  /** Behind the currency's point. */
  readonly digits: number
  readonly startMs: number
  readonly endMs: number
}

/** Digits of a cost that was not rounded, which are enough for a billionth of the currency per byte. */
const exactDigits = 9

/**
 * FOCUS 1.2 (FinOps Open Cost and Usage Specification): its mandatory columns, and those of the others that a load balancer can
 * say something of. Null is an empty cell.
 */
export function createFocusColumns(head: InvoiceHead): readonly Column<InvoiceLine>[] {
  const { tenantId, tenant, month, currency, digits } = head
  const text = (key: string, value: (line: InvoiceLine) => string | undefined) => createColumn(key, 'text', value)
  const same = (key: string, value?: string) => text(key, () => value)
  const paid = ({ amount }: InvoiceLine) => renderAmount(amount, digits)
  const unitPrice = ({ tier: { nanos } }: InvoiceLine) => renderMoney(nanos, exactDigits)
  const sku = ({ item, tier: { unit, from } }: InvoiceLine) => `${item}:${renderQuantity(unit, from)}`
  return [
    same('AvailabilityZone'),
    text('BilledCost', paid),
    same('BillingAccountId', String(tenantId)),
    same('BillingAccountName', tenant),
    same('BillingAccountType', 'Tenant'),
    same('BillingCurrency', currency),
    same('BillingPeriodEnd', focusTime(head.endMs)),
    same('BillingPeriodStart', focusTime(head.startMs)),
    same('ChargeCategory', 'Usage'),
    same('ChargeClass'),
    text('ChargeDescription', ({ item, tier }) => `${pricedItems[item].summary}, per ${perOf(tier)}`),
    same('ChargeFrequency', 'Usage-Based'),
    text('ChargePeriodEnd', ({ endMs }) => focusTime(endMs)),
    text('ChargePeriodStart', ({ startMs }) => focusTime(startMs)),
    text('ConsumedQuantity', ({ item, quantity }) => consumed(item, quantity)),
    text('ConsumedUnit', ({ item }) => consumedUnits[pricedItems[item].unit]),
    text('ContractedCost', exactCost),
    text('ContractedUnitPrice', unitPrice),
    text('EffectiveCost', paid),
    same('InvoiceId', `${tenant}-${month}`),
    same('InvoiceIssuerName', 'mtlb'),
    text('ListCost', exactCost),
    text('ListUnitPrice', unitPrice),
    same('PricingCategory', 'Standard'),
    same('PricingCurrency', currency),
    text('PricingQuantity', ({ quantity, tier: { per } }) => divide(BigInt(quantity), BigInt(per))),
    text('PricingUnit', ({ tier }) => perOf(tier)),
    same('ProviderName', 'mtlb'),
    same('PublisherName', 'mtlb'),
    same('RegionId'),
    same('RegionName'),
    same('ResourceId'),
    same('ResourceName'),
    same('ResourceType'),
    same('ServiceCategory', 'Integration'),
    same('ServiceName', 'mtlb'),
    same('ServiceSubcategory', 'API Management'),
    text('SkuId', ({ item }) => item),
    text('SkuMeter', ({ item }) => pricedItems[item].summary),
    text('SkuPriceId', sku),
    same('SubAccountId', String(tenantId)),
    same('SubAccountName', tenant),
    same('Tags', '{}'),
  ]
}

const consumedUnits = { requests: 'Requests', bytes: 'Bytes', time: 'Milliseconds' } as const

function consumed(item: InvoiceLine['item'], quantity: number): string {
  return pricedItems[item].unit === 'time' ? divide(BigInt(quantity), 1_000n) : String(quantity)
}

/** `1M Requests`, `1 GB`, `1 Hours`: what a unit price is for. */
function perOf({ unit, per }: InvoiceLine['tier']): string {
  return unit === 'requests' ? `${renderQuantity(unit, per)} Requests` : renderQuantity(unit, per)
}

/** Not rounded to what can be paid: quantity times unit price, to a billionth of a billionth. */
function exactCost({ exact: { nanos, per } }: InvoiceLine): string {
  const digits = 2 * exactDigits
  return renderMoney((nanos * 10n ** BigInt(exactDigits)) / BigInt(per), digits)
}

function divide(quantity: bigint, by: bigint): string {
  const digits = 2 * exactDigits
  return renderMoney((quantity * 10n ** BigInt(digits)) / by, digits)
}

/** FOCUS has times in UTC to the second. */
function focusTime(ms: number): string {
  return `${renderTime(ms).slice(0, 19)}Z`
}
