import { renderAmount, renderTier } from '../../kit/price.ts'
import { UserError } from '../../kit/user-error.ts'
import { parseMonth } from '../../kit/window.ts'
import type { Invoice } from '../../ledger/invoice-query.ts'
import type { InvoiceLine } from '../../ledger/invoice.ts'
import { parseSettings } from '../../model/setting.ts'
import { tenant } from '../../model/tenant.ts'
import type { TenantRow } from '../../model/tenant.ts'
import type { Call } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Topic } from '../command.ts'
import { getRow } from '../noun-commands/rows.ts'
import type { Column } from '../print/column.ts'
import { createColumn } from '../print/column.ts'
import { createFocusColumns } from '../print/focus-columns.ts'
import type { InvoiceHead } from '../print/focus-columns.ts'
import { csvFlag, isCsv } from '../print/print-rows.ts'
import { jsonObject } from '../print/print.ts'
import { renderCsv } from '../print/render-csv.ts'
import { readPrices } from '../read-prices.ts'
import { monthFlag, readMonth } from '../month-flag.ts'

const summary = 'Say what a tenant has to pay for a month: the usage of the ledger at the prices of the price book.'

export const invoice: Topic = {
  name: 'invoice',
  summary,
  commands: [
    {
      words: ['invoice'],
      summary,
      details:
        'Each line is so much of an item at one price; amounts are rounded to what the currency can pay, half up, and the ' +
        "total is the sum of the lines. The month is that of the tenant's time zone. The plan that the tenant has now " +
        'decides which prices hold.',
      operands: [{ name: 'TENANT', summary: 'Who pays.' }],
      flags: [
        monthFlag,
        csvFlag,
        { name: 'focus', summary: 'Print the columns of FOCUS 1.2, as CSV unless --json is given.' },
      ],
      examples: [
        { command: 'mtlb invoice acme --month 2026-11' },
        { command: 'mtlb invoice acme --month 2026-11 --focus', note: 'for tools that read FOCUS 1.2' },
      ],
      run: (call) =>
        readConfiguration(call, async (store) => {
          const [name] = call.operands
          if (name === undefined) throw new UserError('usage', 'the tenant is missing', "Write 'mtlb invoice TENANT'.")
          const row = getRow(store, tenant, [name]) as TenantRow
          const prices = readPrices(store, row)
          if (prices.length === 0) {
            throw new UserError('not_found', 'there are no prices', "Set one: 'mtlb price set requests 0.40/1M'.")
          }
          const head = createHead(row, readMonth(call), parseSettings(store.readGlobal().settings).settings.currency)
          const { queryInvoice } = await import('../../ledger/invoice-query.ts')
          printInvoice(call, head, queryInvoice(call.folder, { ...head, prices }))
        }),
    },
  ],
}

function createHead({ id, name, timeZone }: TenantRow, month: string, currency: string): InvoiceHead {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return { tenantId: id, tenant: name, month, currency, digits, ...parseMonth(month, timeZone)! }
}

function printInvoice(call: Call, head: InvoiceHead, { lines, total: parts }: Invoice): void {
  const { print } = call
  const isTable = !isCsv(call)
  const isFocus = call.flags.focus === true
  const columns = isFocus ? createFocusColumns(head) : createColumns(head)
  if (isFocus && print.isJson) return print.json(lines.map((line) => jsonObject(columns, line)))
  if (isFocus || !isTable) return print.out.write(renderCsv(columns, lines))
  const total = renderAmount(parts, head.digits)
  const { tenant: of, month, currency } = head
  if (print.isJson) {
    return print.json({ tenant: of, month, currency, lines: lines.map((line) => jsonObject(columns, line)), total })
  }
  print.rows(columns, lines, `Nothing that has a price was used by '${of}' in ${month}.`)
  if (lines.length > 0)
    print.line(print.out.isTerminal ? `total  ${total} ${currency}` : `total\t${total}\t${currency}`)
}

function createColumns({ currency, digits }: InvoiceHead): readonly Column<InvoiceLine>[] {
  return [
    createColumn('item', 'text', ({ item }: InvoiceLine) => item),
    createColumn('from', 'time', ({ startMs }: InvoiceLine) => startMs, { isMinor: true }),
    createColumn('until', 'time', ({ endMs }: InvoiceLine) => endMs, { isMinor: true }),
    createColumn('quantity', 'number', (line: InvoiceLine) =>
      line.item === 'endpoint-time' ? line.quantity / 1_000 : line.quantity,
    ),
    createColumn('unit', 'text', ({ tier: { unit } }: InvoiceLine) => (unit === 'time' ? 'ms' : unit)),
    createColumn('price', 'text', ({ tier }: InvoiceLine) => renderTier(tier)),
    { ...createColumn('amount', 'text', ({ amount }: InvoiceLine) => renderAmount(amount, digits)), isRight: true },
    createColumn('currency', 'text', () => currency, { isMinor: true }),
  ]
}
