import { existsSync } from 'node:fs'
import type { WaitOutcome } from '../control/wait.ts'
import type { Absentee } from '../snapshot/expand-tenant.ts'
import { UserError } from '../kit/user-error.ts'
import { resolveActor } from '../store/actor.ts'
import type { Store } from '../store/store.ts'
import type { Writer } from '../store/writer.ts'
import type { Call } from './call.ts'

/** Opens the configuration for reading and closes it again. */
export async function readConfiguration<T>(call: Call, use: (store: Store) => T | Promise<T>): Promise<T> {
  return withStore(call, 'read', (store) => {
    // A slip in the folder's name would look like an empty configuration.
    if (!existsSync(store.path)) call.print.note(`'${call.folder}' has no mtlb.db yet; a new one looks like this`)
    return use(store)
  })
}

/** Opens the configuration for one change and closes it again. */
export async function openForChange<T>(call: Call, use: (store: Store) => T | Promise<T>): Promise<T> {
  return withStore(call, 'write', use)
}

type Kept = Extract<WaitOutcome, { outcome: 'kept' }>

export interface Change<T> {
  readonly result: T
  readonly revision: number
}

/** One transaction: all of it with its audit row, or nothing. */
export function writeChange<T>(call: Call, store: Store, change: (writer: Writer) => T): Change<T> {
  return store.write({ actor: resolveActor({ environment: call.surroundings.env }), command: call.commandLine }, change)
}

/** Ends a transaction that was only to show what would come of it. */
class TrialEnd<T> extends Error {
  readonly result: T

  constructor(result: T) {
    super('a trial is over')
    this.result = result
  }
}

/** Makes a change, sees what it comes to, and takes all of it back. */
export function tryChange<T>(call: Call, store: Store, change: (writer: Writer) => T): T {
  try {
    return writeChange(call, store, (writer): T => {
      throw new TrialEnd(change(writer))
    }).result
  } catch (error) {
    if (error instanceof TrialEnd) return error.result as T
    throw error
  }
}

/**
 * Waits until a running server enforces the revision and says so on stderr. `tenant` is whose change it is; undefined
 * for what belongs to nobody. Throws UserError('unreachable') when the server kept what it had.
 */
export async function announce(call: Call, revision: number, tenant: string | undefined): Promise<void> {
  if (call.flags.wait === false) return call.print.note('saved')
  const outcome = await askServer(call, revision, tenant)
  switch (outcome.outcome) {
    case 'applied':
      call.print.note(`applied in ${Math.max(1, Math.round(outcome.ms))} ms`)
      for (const absentee of outcome.absentees.slice(0, mostWarnings)) call.print.warn(renderAbsentee(absentee))
      return
    case 'no_server':
      return call.print.note('saved; no server is running')
    case 'draining':
      return call.print.note('saved; the server is ending and takes no changes any more')
    case 'timeout':
      throw new UserError(
        'unreachable',
        `saved, but the server did not apply it within ${waitMs / 1_000} s`,
        "See 'mtlb status'.",
      )
    case 'kept':
      throw createRefusal(outcome)
  }
}

const waitMs = 5_000

/** Of endpoints that nothing is sent to; `pool status` has them all. */
const mostWarnings = 3

async function askServer({ folder }: Call, revision: number, tenant: string | undefined) {
  const { waitForRevision } = await import('../control/control-client.ts')
  try {
    return await waitForRevision({ folder, revision, tenant, timeoutMs: waitMs })
  } catch (error) {
    // The change itself is safe, and whoever reads the error must know.
    if (error instanceof UserError) throw new UserError('unreachable', `saved, but ${error.message}`, error.hint)
    throw error
  }
}

function renderAbsentee({ url, source, state, reason }: Absentee): string {
  const of = source === undefined || source === url ? '' : ` of ${source}`
  return `${url}${of} is ${state}: ${reason}`
}

function createRefusal({ keptRevision, problems }: Kept): UserError {
  const reasons = problems.map(({ table, row, message }) => `${table} '${row}': ${message}`).join('; ')
  const what = keptRevision > 0 ? `kept revision ${keptRevision}` : 'did not take it'
  return new UserError(
    'unreachable',
    `saved, but the server ${what}: ${reasons}`,
    problems[0]?.hint ?? "See 'mtlb check'.",
  )
}

async function withStore<T>(call: Call, access: 'read' | 'write', use: (store: Store) => T | Promise<T>): Promise<T> {
  const { openStore } = await import('../store/open-store.ts')
  const store = openStore({ folder: call.folder, access, clock: call.surroundings.clock })
  try {
    return await use(store)
  } finally {
    store.close()
  }
}
