import { setImmediate } from 'node:timers/promises'
import type { PastRequest } from '../../control/replay.ts'
import { parseTime } from '../../kit/time.ts'
import type { LogLine } from '../../ledger/log-line.ts'
import { UserError } from '../../kit/user-error.ts'
import type { Call } from '../call.ts'
import { textFlag } from '../call.ts'
import type { Command } from '../command.ts'
import { fileFlag } from '../config-file.ts'
import { exitCodes } from '../exit-codes.ts'
import { createColumn } from '../print/column.ts'
import { timeFlag } from '../value-flags.ts'

/** `mtlb plan -f acme.yaml --replay 1h`: what a change would have meant for the traffic of late. */
export function createReplayCommand(): Command {
  return {
    words: ['plan'],
    summary: 'With -f: replay requests of the log against a proposed configuration, and show whose verdict changes.',
    details:
      'Each request is decided by the present and by the proposed configuration, at its time and under way for as long as it was, both as ' +
      'on a server that had just started. Nothing is sent. Ends with 10 when verdicts change, with 0 when none does.',
    flags: [
      fileFlag,
      { name: 'replay', value: 'time', summary: "From when on: '1h', '2026-11-20T12:00:00Z'. Default: 1h." },
      { name: 'tenant', value: 'tenant', summary: 'Only requests of this tenant.' },
    ],
    examples: [{ command: 'mtlb plan -f acme.yaml --replay 1h' }],
    run: replay,
  }
}

interface Change {
  readonly tenant: string | null
  readonly route: string | null
  /** Code, or `answered`. */
  readonly before: string
  readonly after: string
  /** What decides afterwards; null when nothing refuses. */
  readonly rule: string | null
  requests: number
}

const columns = [
  createColumn('tenant', 'text', ({ tenant }: Change) => tenant ?? undefined),
  createColumn('route', 'text', ({ route }: Change) => route ?? undefined),
  createColumn('before', 'text', ({ before }: Change) => before),
  createColumn('after', 'text', ({ after }: Change) => after),
  createColumn('rule', 'text', ({ rule }: Change) => rule ?? undefined),
  createColumn('requests', 'number', ({ requests }: Change) => requests),
]

const usualMs = 3_600_000
const breathAfter = 500

async function replay(call: Call): Promise<number> {
  if (textFlag(call, 'file') === undefined) throw new UserError('usage', '--file is missing', "See 'mtlb help plan'.")
  const { compileConfiguration, compilePresent } = await import('../explain-source.ts')
  const { Replay } = await import('../../control/replay.ts')
  const { queryLog } = await import('../../ledger/log-query.ts')
  const proposed = new Replay(await compileConfiguration(call))
  const present = new Replay(await compilePresent(call))
  const tenant = textFlag(call, 'tenant')
  const sinceMs = timeFlag(call, 'replay') ?? call.surroundings.clock.wallMs() - usualMs
  const changes = new Map<string, Change>()
  let requests = 0
  let changed = 0
  try {
    for (const line of queryLog(call.folder, { sinceMs, ...(tenant === undefined ? {} : { tenant }) })) {
      const past = readPast(line)
      const [before, after] = [present.decide(past), proposed.decide(past)]
      requests += 1
      if (requests % breathAfter === 0) await setImmediate()
      if (before.code === after.code) continue
      changed += 1
      count(changes, { line, before: before.code ?? 'answered', after: after.code ?? 'answered', rule: after.rule })
    }
  } finally {
    for (const run of [present, proposed]) run.close()
  }
  const sorted = [...changes.values()].toSorted((a, b) => b.requests - a.requests)
  call.print.rows(columns, sorted)
  call.print.note(
    requests === 0
      ? 'the log has no request since then'
      : `${changed} of ${requests} requests would be answered otherwise`,
  )
  return changed === 0 ? exitCodes.ok : exitCodes.differences
}

function count(
  changes: Map<string, Change>,
  { line: { tenant, route }, ...verdicts }: { line: LogLine } & Pick<Change, 'before' | 'after' | 'rule'>,
): void {
  const key = JSON.stringify([tenant, route, verdicts])
  const known = changes.get(key) ?? { tenant, route, ...verdicts, requests: 0 }
  known.requests += 1
  changes.set(key, known)
}

function readPast(line: LogLine): PastRequest {
  const { time, tenant, method, host, path, client, key, user_agent: userAgent } = line
  return {
    timeMs: parseTime(time) ?? 0,
    tenant,
    method,
    host,
    path,
    client,
    key,
    userAgent,
    bytesIn: line.bytes_in,
    bytesOut: line.bytes_out,
    durationMs: line.duration_ms,
    wasServed: line.attempts > 0,
  }
}
