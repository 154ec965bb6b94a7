import { UserError } from '../../kit/user-error.ts'
import { audit as entity } from '../../model/audit.ts'
import type { AuditRow } from '../../model/audit.ts'
import { entities } from '../../model/index.ts'
import { tenant } from '../../model/tenant.ts'
import { wholeTrail } from '../../store/verify-audit.ts'
import type { AuditVerdict } from '../../store/verify-audit.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { textFlag } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Topic } from '../command.ts'
import { createFieldColumn } from '../noun-commands/columns.ts'
import { getRow } from '../noun-commands/rows.ts'
import type { Column } from '../print/column.ts'
import { createColumn } from '../print/column.ts'
import { numberFlag, timeFlag } from '../value-flags.ts'

export const audit: Topic = {
  name: 'audit',
  summary: entity.summary,
  commands: [
    {
      words: ['audit', 'list'],
      summary: 'List changes, the newest first.',
      flags: [
        { name: 'tenant', value: 'tenant', summary: 'Only what concerns this tenant.' },
        { name: 'noun', value: 'noun', summary: "Only this kind of thing: 'pool', 'ip rule'." },
        { name: 'actor', value: 'name', summary: 'Only what this operator did.' },
        { name: 'since', value: 'time', summary: "Not older than this: '15m', '2026-11-20T12:00:00Z'." },
        { name: 'count', short: 'n', value: 'number', summary: 'At most this many. Default: 100.' },
      ],
      examples: [{ command: 'mtlb audit list --tenant acme --since 1d' }, { command: 'mtlb audit list --json' }],
      run: (call) =>
        readConfiguration(call, (store) => {
          const tenantName = textFlag(call, 'tenant')
          checkTenant(store, tenantName)
          const rows = store.listAudit({
            tenant: tenantName,
            noun: readNoun(call),
            actor: textFlag(call, 'actor'),
            sinceMs: timeFlag(call, 'since'),
            count: numberFlag(call, 'count', { min: 1, max: 1e6 }),
          })
          call.print.rows(columns, rows, 'Nothing was changed yet.')
        }),
    },
    {
      words: ['audit', 'verify'],
      summary: 'Check that every change is as it was written, and in its place.',
      details:
        'Each row carries a hash of itself and of all rows before it; the last one is printed. Note it where others cannot write: ' +
        '--head tells later whether it is still in the chain, which also whoever rewrites the whole file cannot bring about.',
      flags: [
        { name: 'head', value: 'hash', summary: 'Hash that was printed before: fails when it is not in the chain.' },
      ],
      examples: [{ command: 'mtlb audit verify' }],
      run: (call) =>
        readConfiguration(call, (store) => {
          const head = readHead(call)
          const { tampered, ...verdict } = store.verifyAudit(head)
          if (tampered?.id === wholeTrail) {
            throw new UserError(
              'problems',
              `the trail is not what it was: ${tampered.reason}`,
              'Compare with a backup.',
            )
          }
          if (tampered !== undefined) {
            const hint = `Rows before it are as they were written. Compare with a backup: 'mtlb audit show ${tampered.id}'.`
            throw new UserError('problems', `change '${tampered.id}': ${tampered.reason}`, hint)
          }
          call.print.record(verdictColumns, verdict)
        }),
    },
    {
      words: ['audit', 'show'],
      summary: 'Show one change with the values before and after.',
      operands: [{ name: 'ID', summary: "Number of the change, as 'mtlb audit list' has it." }],
      examples: [{ command: 'mtlb audit show 17' }],
      run: (call) =>
        readConfiguration(call, (store) => {
          const id = readId(call)
          const row = store.findAudit(id)
          if (row === undefined)
            throw new UserError('not_found', `change '${id}' does not exist`, "See 'mtlb audit list'.")
          call.print.record(columns, row)
        }),
    },
  ],
}

const verdictColumns: readonly Column<Pick<AuditVerdict, 'rows' | 'erased' | 'head'>>[] = [
  createColumn('rows', 'number', ({ rows }) => rows),
  createColumn('erased', 'number', ({ erased }) => erased),
  createColumn('head', 'text', ({ head }) => head),
]

const columns: readonly Column<AuditRow>[] = [
  createColumn('id', 'number', ({ id }: AuditRow) => id),
  ...entity.fieldList.map((field) => createFieldColumn<AuditRow>(field, (row) => Reflect.get(row, field.property))),
]

/** A tenant that is gone has left changes; one that never was is a slip. Throws UserError('not_found') for that. */
function checkTenant(store: Store, name: string | undefined): void {
  if (name === undefined || store.listAudit({ tenant: name, count: 1 }).length > 0) return
  getRow(store, tenant, [name])
}

function readHead(call: Call): string | undefined {
  const text = textFlag(call, 'head')
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text
  throw new UserError('usage', `--head '${text}' is not a hash`, "Give one that 'mtlb audit verify' has printed.")
}

/** By its name or by its command: `ip rule`, `ip`. */
function readNoun(call: Call): string | undefined {
  const text = textFlag(call, 'noun')
  if (text === undefined) return undefined
  const found = entities.find(({ noun, command }) => noun === text || command === text)
  if (found !== undefined) return found.noun
  throw new UserError('usage', `--noun '${text}' is not one of ${entities.map(({ noun }) => noun).join(', ')}`)
}

function readId({ operands: [text] }: Call): number {
  if (text === undefined) throw new UserError('usage', 'the id is missing', "See 'mtlb audit list'.")
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UserError('usage', `id '${text}' is not a number`, "See 'mtlb audit list'.")
}
