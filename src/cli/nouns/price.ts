import { isPricedItem, renderPriceName, splitPriceName } from '../../kit/field/price-name.ts'
import type { PriceName } from '../../kit/field/price-name.ts'
import { tierKind } from '../../kit/field/price.ts'
import { pricedItems } from '../../kit/price.ts'
import type { PricedItem } from '../../kit/price.ts'
import { UserError } from '../../kit/user-error.ts'
import { dayAt, parseDay } from '../../kit/window.ts'
import { plan } from '../../model/plan.ts'
import { findPriceMisfit } from '../../model/price-misfit.ts'
import { price as entity } from '../../model/price.ts'
import type { PriceRow } from '../../model/price.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { listFlag, textFlag } from '../call.ts'
import { announce, openForChange, readConfiguration, writeChange } from '../change.ts'
import type { Flag, Operand, Topic } from '../command.ts'
import { didYouMean } from '../did-you-mean.ts'
import { writeFlags } from '../global-flags.ts'
import { getRow } from '../noun-commands/rows.ts'
import type { Column } from '../print/column.ts'
import { createColumn } from '../print/column.ts'

const itemNames = Object.keys(pricedItems)

const item: Operand = { name: 'ITEM', summary: `What is paid for: ${itemNames.join(', ')}.` }

const nameFlags: readonly Flag[] = [
  {
    name: 'from',
    value: 'day',
    summary: "From this day on, in each tenant's time zone. An item's first price holds from the start of this month.",
  },
  { name: 'plan', value: 'plan', summary: 'For tenants with this plan, in place of the price for all.' },
]

/** By hand: a price goes by what it is of and from when on, which no single word says. */
export const price: Topic = {
  name: entity.command,
  summary: entity.summary,
  details:
    'A price holds until a later one of the same item. What it is does not change afterwards what was used before, so a ' +
    `new price is given a day.\n\n${Object.entries(pricedItems)
      .map(([name, { summary }]) => `${name}: ${summary}.`)
      .join('\n')}`,
  commands: [
    {
      words: ['price', 'set'],
      summary: 'Give an item a price from a day on.',
      operands: [item, { name: 'PRICE', summary: "Money per quantity: '0.40/1M', '0.09/1GB', '1.20/1h'." }],
      flags: [
        {
          name: 'tier',
          value: 'tier',
          isRepeatable: true,
          summary: "From a quantity of the month on another price: '10M:0.30/1M'; may be repeated.",
        },
        ...nameFlags,
        ...writeFlags,
      ],
      examples: [
        { command: 'mtlb price set requests 0.40/1M --from 2026-12-01' },
        { command: 'mtlb price set bytes-out 0.09/1GB --tier 10TB:0.05/1GB', note: 'cheaper from 10 TB of a month on' },
        { command: 'mtlb price set requests 0.20/1M --plan gold' },
      ],
      run: (call) => openForChange(call, (store) => setPrice(call, store)),
    },
    {
      words: ['price', 'list'],
      summary: 'List the price book, oldest first.',
      examples: [{ command: 'mtlb price list' }],
      run: (call) =>
        readConfiguration(call, (store) => {
          const emptyNote = "No prices. Set one: 'mtlb price set requests 0.40/1M'."
          call.print.rows(columns, readPriceBook(store), emptyNote)
        }),
    },
    {
      words: ['price', 'remove'],
      summary: 'Take a price back: what it was for has the price before, or none.',
      operands: [item],
      flags: [...nameFlags, ...writeFlags],
      examples: [{ command: 'mtlb price remove requests --from 2026-12-01' }],
      run: (call) => openForChange(call, (store) => removePrice(call, store)),
    },
  ],
}

interface BookedPrice extends PriceName {
  readonly tiers: readonly string[]
}

const columns: readonly Column<BookedPrice>[] = [
  createColumn('item', 'text', (row: BookedPrice) => row.item),
  createColumn('from', 'text', ({ from }: BookedPrice) => from),
  createColumn('plan', 'text', (row: BookedPrice) => row.plan),
  createColumn('price', 'text', ({ tiers }: BookedPrice) => tiers[0]),
  createColumn('tiers', 'list', ({ tiers }: BookedPrice) => tiers.slice(1)),
]

/** Rows that say something sensible, by item and day. */
function readPriceBook(store: Store): BookedPrice[] {
  const sortKey = ({ item: of, from, plan: whose = '' }: BookedPrice) => `${itemNames.indexOf(of)} ${whose} ${from}`
  return store
    .list(entity)
    .flatMap(({ name, tiers }) => {
      const parts = splitPriceName(name)
      return parts === undefined ? [] : [{ ...parts, tiers }]
    })
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

async function setPrice(call: Call, store: Store): Promise<void> {
  const name = readName(call, store)
  const [, given] = call.operands
  if (given === undefined) throw new UserError('usage', 'the price is missing', "Write it like '0.40/1M'.")
  const tiers = [given, ...listFlag(call, 'tier')].map((text) => tierKind.parse(text, 'price'))
  const misfit = findPriceMisfit({ name, tiers })
  if (misfit !== undefined) throw new UserError('usage', misfit.message, misfit.hint)
  const row = store.find(entity, { name })
  const { revision } = writeChange(call, store, (writer) => {
    if (row === undefined) writer.insert(entity, { name, tiers })
    else writer.update(entity, row.id, { tiers })
  })
  if (call.print.isJson) printPrice(call, { name, tiers })
  await announce(call, revision, undefined)
}

async function removePrice(call: Call, store: Store): Promise<void> {
  const name = readName(call, store)
  const row = store.find(entity, { name })
  if (row === undefined) {
    throw new UserError('not_found', `there is no price '${name}'`, "See 'mtlb price list'.")
  }
  const { revision } = writeChange(call, store, (writer) => writer.remove(entity, row.id))
  if (call.print.isJson) printPrice(call, row)
  await announce(call, revision, undefined)
}

function printPrice(call: Call, { name, tiers }: Pick<PriceRow, 'name' | 'tiers'>): void {
  call.print.record(columns, { ...splitPriceName(name)!, tiers })
}

function readName(call: Call, store: Store): string {
  const of = readItem(call)
  const planName = textFlag(call, 'plan')
  if (planName !== undefined) getRow(store, plan, [planName])
  return renderPriceName({ item: of, from: readFrom(call, store, { item: of, plan: planName }), plan: planName })
}

function readItem({ operands: [text] }: Call): PricedItem {
  if (text === undefined) throw new UserError('usage', 'the item is missing', `It is one of ${itemNames.join(', ')}.`)
  if (isPricedItem(text)) return text
  const hint = didYouMean(text, itemNames) ?? `It is one of ${itemNames.join(', ')}.`
  throw new UserError('usage', `nothing is paid for '${text}'`, hint)
}

/** Nobody changes by accident what a month under way costs. */
function readFrom(call: Call, store: Store, { item: of, plan: whose }: Omit<PriceName, 'from'>): string {
  const text = textFlag(call, 'from')
  if (text !== undefined && parseDay(text, 'UTC') !== undefined) return text
  if (text !== undefined) throw new UserError('usage', `--from '${text}' is not a day`, "Write it like '2026-12-01'.")
  const others = readPriceBook(store).filter((row) => row.item === of && row.plan === whose)
  if (others.length > 0) {
    const last = others.at(-1)!.from
    throw new UserError('usage', `${of} have a price already: say from when with --from`, `The last is from ${last}.`)
  }
  return `${dayAt(call.surroundings.clock.wallMs(), 'UTC').slice(0, 7)}-01`
}
