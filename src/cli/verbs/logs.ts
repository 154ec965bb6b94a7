import { setImmediate, setTimeout as delay } from 'node:timers/promises'
import { UserError } from '../../kit/user-error.ts'
import { requestIdTimeMs } from '../../kit/uuid7.ts'
import type { LogFilter, LogLine } from '../../ledger/log-query.ts'
import type { Call } from '../call.ts'
import { isFlagSet, textFlag } from '../call.ts'
import { checkLedgerTenant } from '../check-ledger-tenant.ts'
import type { Flag, Topic } from '../command.ts'
import { encodeJson } from '../print/encode-json.ts'
import { logColumns, renderLogHeading, renderLogLine } from '../print/log-columns.ts'
import { jsonObject, renderTsvRow } from '../print/print.ts'
import { numberFlag, timeFlag } from '../value-flags.ts'

const summary = 'Ask the traffic log what happened; works while the server is down, too.'
const usualCount = 100
const usualFollowCount = 10
const followPauseMs = 200
const breathAfterLines = 500

const columnNames = logColumns.map(({ key }) => key).join(', ')

const flags: readonly Flag[] = [
  { name: 'tenant', value: 'tenant', summary: 'Only requests of this tenant.' },
  { name: 'since', value: 'time', summary: "Not older than this: '15m', '2026-11-20T12:00:00Z'." },
  { name: 'until', value: 'time', summary: 'Older than this.' },
  { name: 'status', value: 'status', summary: "Statuses and classes: '429', '5xx', '4xx,503'." },
  { name: 'method', value: 'method', summary: 'Only this method.' },
  { name: 'path', value: 'text', summary: 'Paths that begin with this, or contain it where it has no slash first.' },
  { name: 'code', value: 'code', summary: "Why it was refused or failed: 'rate_limited'." },
  { name: 'request-id', value: 'id', summary: 'The one request with this X-Request-Id.' },
  {
    name: 'count',
    short: 'n',
    value: 'number',
    summary: `The newest so many. Default: ${usualCount} when no time is given, ${usualFollowCount} with --follow.`,
  },
  { name: 'follow', short: 'f', summary: 'Go on with new requests as they come.' },
]

export const logs: Topic = {
  name: 'logs',
  summary,
  commands: [
    {
      words: ['logs'],
      summary,
      details:
        'Records arrive within a second. On a terminal a line has the essentials; status "gone" means that the client ' +
        `left first. --json prints one object per line, a pipe gets its keys as columns: ${columnNames}.`,
      flags,
      examples: [
        { command: 'mtlb logs --tenant acme --since 15m' },
        { command: 'mtlb logs --status 5xx -n 20' },
        { command: 'mtlb logs --tenant acme --code rate_limited -f' },
        { command: 'mtlb logs --since 1h --json' },
      ],
      run: async (call) => {
        const filter = readFilter(call)
        await checkLedgerTenant(call, filter.tenant)
        return isFlagSet(call, 'follow') ? followLines(call, filter) : printLines(call, filter)
      },
    },
  ],
}

async function printLines(call: Call, filter: LogFilter): Promise<void> {
  const { queryLog } = await import('../../ledger/log-query.ts')
  const write = createWriter(call)
  let written = 0
  for (const line of queryLog(call.folder, filter)) {
    write(line)
    written += 1
    // Lets a closed pipe or Ctrl-C end a long answer.
    if (written % breathAfterLines === 0) await setImmediate()
  }
  if (written === 0 && call.print.out.isTerminal) call.print.note('No request matches.')
}

async function followLines(call: Call, filter: LogFilter): Promise<void> {
  const { followLog } = await import('../../ledger/follow-log.ts')
  const write = createWriter(call)
  call.print.note('New requests follow; Ctrl-C ends it.')
  for await (const line of followLog(call.folder, filter, () => delay(followPauseMs, true))) write(line)
}

function readFilter(call: Call): LogFilter {
  const sinceMs = timeFlag(call, 'since')
  const untilMs = timeFlag(call, 'until')
  const requestId = readRequestId(call)
  const isBounded = sinceMs !== undefined || untilMs !== undefined || requestId !== undefined
  const usualLimit = isFlagSet(call, 'follow') ? usualFollowCount : isBounded ? undefined : usualCount
  const given = {
    tenant: textFlag(call, 'tenant'),
    sinceMs,
    untilMs,
    requestId,
    status: textFlag(call, 'status'),
    method: textFlag(call, 'method'),
    path: textFlag(call, 'path'),
    code: textFlag(call, 'code'),
    limit: numberFlag(call, 'count', { min: 1, max: 1e9 }) ?? usualLimit,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function readRequestId(call: Call): string | undefined {
  const text = textFlag(call, 'request-id')
  if (text === undefined || requestIdTimeMs(text) !== undefined) return text
  throw new UserError('usage', `--request-id '${text}' is no id of mtlb`, 'Take it from the header X-Request-Id.')
}

function createWriter({ print }: Call): (line: LogLine) => void {
  const { out, isJson } = print
  if (isJson) return (line) => out.write(`${encodeJson(jsonObject(logColumns, line))}\n`)
  if (!out.isTerminal) return (line) => out.write(`${renderTsvRow(logColumns, line)}\n`)
  let isFirst = true
  return (line) => {
    if (isFirst) out.write(`${renderLogHeading(out.width)}\n`)
    isFirst = false
    out.write(`${renderLogLine(line, out.width)}\n`)
  }
}
