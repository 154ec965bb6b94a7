import type { StatusReport } from '../../control/status.ts'
import { renderDuration } from '../../kit/units.ts'
import type { Topic } from '../command.ts'
import { createColumn } from '../print/column.ts'

const summary = 'Show what the running server does: threads, listeners, tenants.'

export const status: Topic = {
  name: 'status',
  summary,
  commands: [
    {
      words: ['status'],
      summary,
      details: 'Ends with 7 when no server runs on the data folder.',
      examples: [{ command: 'mtlb status' }, { command: 'mtlb status --json' }],
      run: async ({ folder, print, surroundings }) => {
        const { createNoServer, readStatus } = await import('../../control/control-client.ts')
        const report = await readStatus(folder)
        if (report === undefined) throw createNoServer(folder)
        if (print.isJson) return print.json(snakeCased(report))
        print.rows(columns, describe(report, surroundings.clock.wallMs()))
      },
    },
  ],
}

interface Part {
  readonly part: string
  readonly state: string
  readonly detail: string
}

const columns = [
  createColumn('part', 'text', ({ part }: Part) => part),
  createColumn('state', 'text', ({ state }: Part) => state),
  createColumn('detail', 'text', ({ detail }: Part) => detail),
]

function describe(report: StatusReport, nowMs: number): readonly Part[] {
  const { version, pid, startedMs, revision, threads, recorder, listeners, tenants, globalProblems, records } = report
  const upSeconds = Math.max(0, Math.floor((nowMs - startedMs) / 1_000))
  const reasons = (problems: StatusReport['globalProblems']) =>
    problems.map(({ table, row, message }) => `${table} '${row}': ${message}`).join('; ')
  return [
    {
      part: 'server',
      state: report.state,
      detail: `mtlb ${version}, pid ${pid}, revision ${revision}, up ${renderDuration(upSeconds * 1_000)}`,
    },
    ...threads.map(({ index, state, connections, accepted, turnedAway, restarts }) => ({
      part: `thread ${index}`,
      state,
      detail: `${connections} connections, ${accepted} accepted, ${turnedAway} turned away, ${restarts} restarts`,
    })),
    {
      part: 'recorder',
      state: recorder.state,
      detail: `${recorder.restarts} restarts, ${records.dropped} records dropped`,
    },
    ...(listeners.length === 0 ? [noListener] : []),
    ...listeners.map(({ name, bind, port, state, error }) => ({
      part: `listener ${name}`,
      state,
      detail: error ?? withPort(bind, port),
    })),
    ...(report.load === null ? [] : [describeLoad(report.load)]),
    { part: 'tenants', state: 'served', detail: `${tenants.total}` },
    ...tenants.quarantined.map(({ tenant, keptRevision, problems }) => ({
      part: `tenant ${tenant}`,
      state: 'quarantined',
      detail: `${keptRevision === 0 ? 'nothing in force' : `kept revision ${keptRevision}`}: ${reasons(problems)}`,
    })),
    ...(globalProblems.length === 0 ? [] : [{ part: 'global', state: 'kept', detail: reasons(globalProblems) }]),
    ...(report.trouble === undefined
      ? []
      : [{ part: 'database', state: 'not followed', detail: report.trouble.message }]),
  ]
}

function describeLoad({ inFlight, maxInFlight, waiting }: NonNullable<StatusReport['load']>): Part {
  const detail = `${inFlight} of ${maxInFlight} in flight, ${waiting} waiting`
  return { part: 'load', state: inFlight >= maxInFlight ? 'saturated' : 'served', detail }
}

const noListener: Part = { part: 'listeners', state: 'none', detail: "nobody is served; see 'mtlb help listener add'" }

// Port 0 asks the kernel for one; this is the one it gave.
function withPort(bind: string, port: number): string {
  return bind.endsWith(':0') && port !== 0 ? `${bind.slice(0, -1)}${port}` : bind
}

/** The same report with the keys that `--json` promises. */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), snakeCased(inner)]))
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
