import type { ItemChange } from '../../config/compare-items.ts'
import { UserError } from '../../kit/user-error.ts'
import { plan } from '../../model/plan.ts'
import { tenant } from '../../model/tenant.ts'
import type { Store } from '../../store/store.ts'
import type { Writer } from '../../store/writer.ts'
import type { Call } from '../call.ts'
import { isFlagSet, textFlag } from '../call.ts'
import { announce, openForChange, readConfiguration, tryChange, writeChange } from '../change.ts'
import type { Flag, Topic } from '../command.ts'
import { createMistakes, createRefusal, fileFlag, readConfigFile } from '../config-file.ts'
import type { ConfigFile } from '../config-file.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeFlags, yesFlag } from '../global-flags.ts'
import { changeColumns, countChanges } from '../print/change-columns.ts'
import { numberFlag } from '../value-flags.ts'

const summaries = {
  apply: 'Make the configuration what a document says.',
  diff: 'Show what a document would change.',
}

const scopeFlags: readonly Flag[] = [
  fileFlag,
  { name: 'tenant', value: 'tenant', summary: 'Only this tenant of the document.' },
  { name: 'prune', summary: 'Also remove what the document does not have; of a top section that it has not, nothing.' },
]

export const apply: Topic = {
  name: 'apply',
  summary: summaries.apply,
  commands: [
    {
      words: ['apply'],
      summary: summaries.apply,
      details:
        'Rows that the document has become what it says, and what it does not say of them their defaults. Everything or nothing: one ' +
        'transaction, in which the result is compiled as a server would. A mistake is named with file, line and path. Ends with 5 when the ' +
        'configuration has changed since it was looked at.',
      flags: [
        ...scopeFlags,
        { name: 'dry-run', summary: 'Find out whether it would be taken, and what it would change; change nothing.' },
        { name: 'expect-revision', value: 'number', summary: 'Only if the configuration is still at this revision.' },
        yesFlag,
        ...writeFlags,
      ],
      examples: [
        { command: 'mtlb apply -f acme.yaml' },
        { command: 'mtlb apply -f all.yaml --prune --yes', note: 'the document is all there is' },
      ],
      run: runApply,
    },
  ],
}

export const diff: Topic = {
  name: 'diff',
  summary: summaries.diff,
  commands: [
    {
      words: ['diff'],
      summary: summaries.diff,
      details: 'Ends with 10 when there is a difference, with 0 when there is none.',
      flags: scopeFlags,
      examples: [{ command: 'mtlb diff -f acme.yaml' }],
      run: async (call) => {
        const file = await readConfigFile(call)
        return readConfiguration(call, async (store) => {
          const changes = await findChanges(call, store, file)
          call.print.rows(changeColumns, changes, 'No differences.')
          return changes.length === 0 ? exitCodes.ok : exitCodes.differences
        })
      },
    },
  ],
}

async function runApply(call: Call): Promise<void> {
  const file = await readConfigFile(call)
  await openForChange(call, async (store) => {
    const seen = store.readRevision()
    checkRevision(call, seen)
    const changes = await findChanges(call, store, file)
    if (changes.length === 0) {
      if (call.print.isJson) call.print.rows(changeColumns, changes)
      return call.print.note('no changes')
    }
    const isDry = isFlagSet(call, 'dry-run')
    if (!isDry) await confirmRemovals(call, changes)
    const revision = await write(call, store, { changes, file, seen, isDry })
    call.print.rows(changeColumns, changes)
    if (isDry) return call.print.note(`it would be taken: ${countChanges(changes)}`)
    call.print.note(countChanges(changes))
    const { touchedTenants } = await import('../../config/write-changes.ts')
    const tenants = touchedTenants(changes)
    await announce(call, revision, tenants.length === 1 ? tenants[0] : undefined)
  })
}

function checkRevision(call: Call, found: number): void {
  const expected = numberFlag(call, 'expect-revision', { min: 0, max: Number.MAX_SAFE_INTEGER })
  if (expected === undefined || expected === found) return
  throw createChanged(`revision ${expected} was expected, and the configuration is at ${found}`)
}

function createChanged(message: string): UserError {
  return new UserError('conflict', message, 'Nothing was changed. Look at the differences again: mtlb diff -f FILE.')
}

/** A document without a top section, for tenants say, says nothing of them. */
async function findChanges(call: Call, store: Store, { items }: ConfigFile): Promise<readonly ItemChange[]> {
  const { readItems } = await import('../../config/read-items.ts')
  const { compareItems } = await import('../../config/compare-items.ts')
  const name = textFlag(call, 'tenant')
  const wanted = name === undefined ? items : items.filter((item) => item.entity === tenant && item.name === name)
  if (name !== undefined && wanted.length === 0) {
    throw new UserError('not_found', `the document has no tenant '${name}'`)
  }
  const sections = new Set(wanted.map(({ entity }) => entity))
  const present = readItems(store, { tenant: name }).filter(({ entity }) => sections.has(entity))
  return compareItems(present, wanted, { isPruning: isFlagSet(call, 'prune') })
}

async function confirmRemovals(call: Call, changes: readonly ItemChange[]): Promise<void> {
  const removed = changes.filter(({ action }) => action === 'remove')
  if (removed.length === 0 || isFlagSet(call, 'yes')) return
  const shown = removed.slice(0, 5).map(({ entity, names }) => `${entity.noun} '${names.join('/')}'`)
  const what = `${removed.length} would be removed: ${shown.join(', ')}${removed.length > shown.length ? ', …' : ''}`
  if (!call.mayAsk) throw new UserError('confirmation', what, `Remove them: '${call.commandLine} --yes'.`)
  call.print.warn(what)
  if (await call.surroundings.prompts.confirm('Remove them?')) return
  throw new UserError('confirmation', 'nothing was changed')
}

interface Writing {
  readonly changes: readonly ItemChange[]
  readonly file: ConfigFile
  /** Revision at which the changes were found. */
  readonly seen: number
  readonly isDry: boolean
}

async function write(call: Call, store: Store, { changes, file, seen, isDry }: Writing): Promise<number> {
  const { touchedTenants, writeChanges } = await import('../../config/write-changes.ts')
  const { findProblems } = await import('../../config/find-problems.ts')
  const { locateProblem } = await import('../../config/locate-problem.ts')
  const plans = changes.filter(({ entity }) => entity === plan).map(({ names }) => names[0])
  const change = (writer: Writer) => {
    if (store.readRevision() !== seen) throw createChanged('the configuration has changed meanwhile')
    writeChanges(writer, changes, createRefusal(file))
    const problems = findProblems(store, { tenants: touchedTenants(changes), plans })
    if (problems.length === 0) return
    throw createMistakes(
      file.name,
      problems.map((problem) => locateProblem(file.items, problem)),
    )
  }
  if (!isDry) return writeChange(call, store, change).revision
  tryChange(call, store, change)
  return seen
}
