import type { FoundProblem } from '../../config/find-problems.ts'
import type { Transaction } from '../../config/revert.ts'
import { UserError } from '../../kit/user-error.ts'
import type { AuditRow } from '../../model/audit.ts'
import { plan } from '../../model/plan.ts'
import { tenant } from '../../model/tenant.ts'
import type { Store } from '../../store/store.ts'
import type { Writer } from '../../store/writer.ts'
import type { Call } from '../call.ts'
import { isFlagSet, textFlag } from '../call.ts'
import { announce, openForChange, readConfiguration, tryChange, writeChange } from '../change.ts'
import type { Flag, Topic } from '../command.ts'
import { writeFlags, yesFlag } from '../global-flags.ts'
import { getRow } from '../noun-commands/rows.ts'
import { createColumn } from '../print/column.ts'
import { numberFlag } from '../value-flags.ts'

const summaries = {
  history: 'List what was done to the configuration, one line for each command.',
  undo: 'Take back what a command did, as a new revision.',
  rollback: 'Take back everything that was done after a revision, as a new one.',
}

export const history: Topic = {
  name: 'history',
  summary: summaries.history,
  commands: [
    {
      words: ['history'],
      summary: summaries.history,
      details: "The newest first. 'mtlb audit list' has every row that was changed.",
      flags: [
        { name: 'tenant', value: 'tenant', summary: 'Only what concerns this tenant.' },
        { name: 'count', short: 'n', value: 'number', summary: 'At most this many. Default: 20.' },
      ],
      examples: [{ command: 'mtlb history' }, { command: 'mtlb history --tenant acme -n 5' }],
      run: async (call) => {
        const count = numberFlag(call, 'count', { min: 1, max: 10_000 }) ?? 20
        return readConfiguration(call, async (store) => {
          const name = textFlag(call, 'tenant')
          if (name !== undefined && store.listAudit({ tenant: name, count: 1 }).length === 0)
            getRow(store, tenant, [name])
          const found = takeFirst(await readTransactions(store, { tenant: name }), count)
          call.print.rows(historyColumns, found, 'Nothing was changed yet.')
        })
      },
    },
  ],
}

const dryRunFlag: Flag = { name: 'dry-run', summary: 'Find out whether it can be done, and what it would change.' }

export const undo: Topic = {
  name: 'undo',
  summary: summaries.undo,
  commands: [
    {
      words: ['undo'],
      summary: summaries.undo,
      details:
        'Without a revision the last command. To undo what an undo did brings it back. Nothing is done, and the command ends with 5, where ' +
        'something is not as that command left it; with 6 where the result would not work.',
      operands: [{ name: 'REVISION', summary: "Of the command, as 'mtlb history' has it.", isOptional: true }],
      flags: [dryRunFlag, ...writeFlags],
      examples: [{ command: 'mtlb undo' }, { command: 'mtlb undo 17 --dry-run' }],
      run: (call) =>
        openForChange(call, async (store) => {
          const all = await readTransactions(store)
          const [wanted] = call.operands
          const found = wanted === undefined ? takeFirst(all, 1).at(0) : findTransaction(all, readRevision(wanted))
          if (found === undefined) throw new UserError('not_found', 'nothing was changed yet')
          call.print.note(`takes back revision ${found.revision}: ${found.command}`)
          await revert(call, store, found.rows)
        }),
    },
  ],
}

export const rollback: Topic = {
  name: 'rollback',
  summary: summaries.rollback,
  commands: [
    {
      words: ['rollback'],
      summary: summaries.rollback,
      flags: [
        { name: 'to', value: 'revision', summary: "The last revision that stays, as 'mtlb history' has it." },
        dryRunFlag,
        yesFlag,
        ...writeFlags,
      ],
      examples: [{ command: 'mtlb rollback --to 17 --dry-run' }, { command: 'mtlb rollback --to 17 --yes' }],
      run: (call) =>
        openForChange(call, async (store) => {
          const latest = store.readRevision()
          const to = numberFlag(call, 'to', { min: 0, max: latest })
          if (to === undefined) throw new UserError('usage', '--to is missing', "See 'mtlb history'.")
          const gone = takeAfter(await readTransactions(store), to)
          const split = gone.find(({ rows }) => rows[0].revision <= to)
          if (split !== undefined) {
            throw new UserError(
              'usage',
              `revision ${to} is in the middle of a command`,
              `Say '--to ${split.revision}'.`,
            )
          }
          if (gone.length === 0) return call.print.note(`nothing was done after revision ${to}`)
          await confirmRollback(call, gone)
          await revert(
            call,
            store,
            gone.toReversed().flatMap(({ rows }) => rows),
          )
        }),
    },
  ],
}

const historyColumns = [
  createColumn('revision', 'number', ({ revision }: Transaction) => revision),
  createColumn('time', 'time', ({ timeMs }: Transaction) => timeMs),
  createColumn('actor', 'text', ({ actor }: Transaction) => actor),
  createColumn('rows', 'number', ({ rows }: Transaction) => rows.length),
  createColumn('tenants', 'list', ({ rows }: Transaction) => namesOf(rows)),
  createColumn('command', 'text', ({ command }: Transaction) => command),
]

const rowColumns = [
  createColumn('action', 'text', ({ action }: AuditRow) => inverse[action]),
  createColumn('noun', 'text', ({ noun }: AuditRow) => noun),
  createColumn('name', 'text', ({ tenant: owner, noun, name }: AuditRow) =>
    owner === undefined || noun === tenant.noun ? name : `${owner}/${name}`,
  ),
]

const inverse = { add: 'remove', set: 'set', remove: 'add', erase: '' } as const

function namesOf(rows: readonly AuditRow[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => row.tenant ?? []))]
}

const pageRows = 1_000

/** Newest first, read as far as they are asked for. */
async function readTransactions(
  store: Store,
  filter: { readonly tenant?: string | undefined } = {},
): Promise<Iterable<Transaction>> {
  const { iterateTransactions } = await import('../../config/revert.ts')
  return iterateTransactions((beforeId) => store.listAudit({ ...filter, beforeId, count: pageRows }))
}

function takeFirst(transactions: Iterable<Transaction>, count: number): readonly Transaction[] {
  const taken: Transaction[] = []
  for (const transaction of transactions) {
    taken.push(transaction)
    if (taken.length === count) break
  }
  return taken
}

/** All that has made a revision after that one. */
function takeAfter(transactions: Iterable<Transaction>, to: number): readonly Transaction[] {
  const taken: Transaction[] = []
  for (const transaction of transactions) {
    if (transaction.revision <= to) break
    taken.push(transaction)
  }
  return taken
}

function readRevision(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UserError('usage', `revision '${text}' is not a number`, "See 'mtlb history'.")
}

/** By any revision that its rows made. */
function findTransaction(all: Iterable<Transaction>, revision: number): Transaction {
  for (const transaction of all) {
    if (transaction.rows.some((row) => row.revision === revision)) return transaction
    if (transaction.revision < revision) break
  }
  throw new UserError('not_found', `no command made revision ${revision}`, "See 'mtlb history'.")
}

async function confirmRollback(call: Call, gone: readonly Transaction[]): Promise<void> {
  if (isFlagSet(call, 'yes') || isFlagSet(call, 'dry-run')) return
  const what = `${gone.length} commands would be taken back, the oldest: ${gone[gone.length - 1].command}`
  if (!call.mayAsk) throw new UserError('confirmation', what, `Do it: '${call.commandLine} --yes'.`)
  call.print.warn(what)
  if (await call.surroundings.prompts.confirm('Take them back?')) return
  throw new UserError('confirmation', 'nothing was changed')
}

/** Rows in the order in which they were written. */
async function revert(call: Call, store: Store, rows: readonly AuditRow[]): Promise<void> {
  const { revertRows } = await import('../../config/revert.ts')
  const { findProblems } = await import('../../config/find-problems.ts')
  const tenants = namesOf(rows)
  const plans = rows.filter(({ noun }) => noun === plan.noun).map(({ name }) => name)
  const isDry = isFlagSet(call, 'dry-run')
  const known = new Set(findProblems(store, { tenants, plans }).map(({ message }) => message))
  const change = (writer: Writer) => {
    revertRows(store, writer, rows)
    const [problem] = findProblems(store, { tenants, plans }).filter(({ message }) => !known.has(message))
    if (problem !== undefined) throw createRefusal(problem)
  }
  if (isDry) {
    tryChange(call, store, change)
    call.print.rows(rowColumns, rows.toReversed())
    return call.print.note('it can be done')
  }
  const { revision } = writeChange(call, store, change)
  call.print.rows(rowColumns, rows.toReversed())
  await announce(call, revision, tenants.length === 1 ? tenants[0] : undefined)
}

function createRefusal({ tenant: owner, table, row, message }: FoundProblem): UserError {
  const where = `${owner === '' ? '' : `tenant '${owner}', `}${table} '${row}'`
  return new UserError('problems', `this would break something: ${where}: ${message}`, 'Nothing was changed.')
}
