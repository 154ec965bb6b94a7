import { isIP } from 'node:net'
import type { Explanation, ExplainRequest } from '../../control/explain.ts'
import { traceTokenOf } from '../../kit/digest.ts'
import { UserError } from '../../kit/user-error.ts'
import { requestIdTimeMs } from '../../kit/uuid7.ts'
import type { LogLine } from '../../ledger/log-line.ts'
import type { Call } from '../call.ts'
import { isFlagSet, listFlag, textFlag } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Topic } from '../command.ts'
import { fileFlag } from '../config-file.ts'
import { createColumn } from '../print/column.ts'
import { jsonObject } from '../print/print.ts'

const summary = 'Say why a request was answered as it was, or what would come of one.'

export const explain: Topic = {
  name: 'explain',
  summary,
  commands: [
    {
      words: ['explain'],
      summary,
      details:
        'With the X-Request-Id of an answer: the story of that request, from the log. With --host: what would come of a request, without ' +
        'sending any, decided by the code that serves. A running server is asked, with its counters as they are; without one, with --fresh ' +
        'or with -f nothing was counted yet.',
      operands: [{ name: 'REQUEST_ID', summary: 'Of a past request.', isOptional: true }],
      flags: [
        { name: 'host', value: 'host', summary: 'Whom the request is for.' },
        { name: 'method', value: 'method', summary: 'Default: GET.' },
        { name: 'path', value: 'path', summary: 'With its query. Default: /.' },
        { name: 'ip', value: 'address', summary: 'Where it comes from. Default: 127.0.0.1.' },
        { name: 'key-id', value: 'key', summary: 'Which key of the tenant it brings, by name or number.' },
        {
          name: 'header',
          value: 'line',
          summary: "More of its head: 'Accept: text/plain'; may be repeated.",
          isRepeatable: true,
        },
        fileFlag,
        {
          name: 'token',
          summary: 'Print the header that has a request traced: its record then tells what each phase decided.',
        },
        { name: 'fresh', summary: 'As on a server that has just started, also where one runs.' },
      ],
      examples: [
        { command: 'mtlb explain 019aca6e-7d3c-7000-8000-000000000000' },
        { command: 'mtlb explain --host api.acme.example --method POST --path /v1/x --key-id ci --ip 203.0.113.9' },
        { command: 'mtlb explain --host api.acme.example -f acme.yaml --json', note: 'with a proposed configuration' },
      ],
      run: (call) => {
        if (isFlagSet(call, 'token')) return printToken(call)
        return call.operands.length === 0 ? predict(call) : tell(call, call.operands[0])
      },
    },
  ],
}

/** It is of the data folder, and no setting: documents and lists of settings do not have it. */
function printToken(call: Call): Promise<void> {
  return readConfiguration(call, (store) =>
    call.print.line(`X-Mtlb-Trace: ${traceTokenOf(store.readGlobal().stickySecret)}`),
  )
}

interface Step {
  readonly phase: string
  readonly verdict: string
  readonly detail: string
}

const stepColumns = [
  createColumn('phase', 'text', ({ phase }: Step) => phase),
  createColumn('verdict', 'text', ({ verdict }: Step) => verdict),
  createColumn('detail', 'text', ({ detail }: Step) => detail),
]

interface Told {
  readonly status: number | null
  readonly code: string | null
  readonly rule: string | null
  readonly steps: readonly Step[]
}

function print({ print: printer }: Call, { status, code, rule, steps }: Told, summaryLine: string): void {
  if (printer.isJson) {
    printer.json({ verdict: { status, code }, rule, steps: steps.map((step) => jsonObject(stepColumns, step)) })
    return
  }
  printer.rows(stepColumns, steps)
  printer.note(summaryLine)
}

async function predict(call: Call): Promise<void> {
  const request = readRequest(call)
  const explanation = await explainRequest(call, request)
  if (explanation.warning !== null) call.print.warn(explanation.warning)
  const { status, code, rule, steps } = explanation
  const waits = steps.some(({ verdict }) => verdict === 'wait')
  const admitted = waits ? 'It would wait, then go to an endpoint.' : 'It would go to that endpoint.'
  print(call, explanation, status === null ? admitted : `It would be refused with ${status} ${code}, by ${rule}.`)
}

async function explainRequest(call: Call, request: ExplainRequest): Promise<Explanation> {
  const isProposed = textFlag(call, 'file') !== undefined
  if (!isProposed && !isFlagSet(call, 'fresh')) {
    const { explainRequest: ask } = await import('../../control/control-client.ts')
    const live = await ask(call.folder, request)
    if (live !== undefined) return live
    call.print.note('no server is running: nothing was counted yet')
  }
  const { compileConfiguration } = await import('../explain-source.ts')
  const { explainFresh } = await import('../../control/explain.ts')
  return explainFresh(request, { ...(await compileConfiguration(call)), clock: call.surroundings.clock })
}

function readRequest(call: Call): ExplainRequest {
  const host = textFlag(call, 'host')
  if (host === undefined) {
    throw new UserError('usage', 'neither a request id nor --host is given', "See 'mtlb help explain'.")
  }
  const peer = textFlag(call, 'ip') ?? '127.0.0.1'
  if (isIP(peer) === 0) throw new UserError('usage', `--ip '${peer}' is not an address`)
  const fields = listFlag(call, 'header')
  const odd = [host, ...fields].find((text) => /[\r\n]/.test(text))
  if (odd !== undefined) throw new UserError('usage', 'a field of a request is one line')
  const method = textFlag(call, 'method') ?? 'GET'
  return { host, method, path: textFlag(call, 'path') ?? '/', peer, fields, key: textFlag(call, 'key-id') }
}

async function tell(call: Call, requestId: string): Promise<void> {
  if (requestIdTimeMs(requestId) === undefined) {
    throw new UserError('usage', `'${requestId}' is no request id of mtlb`, 'Take it from the header X-Request-Id.')
  }
  const { queryLog } = await import('../../ledger/log-query.ts')
  const [line] = queryLog(call.folder, { requestId })
  if (line === undefined) {
    throw new UserError(
      'not_found',
      `the log has no request '${requestId}'`,
      'Records arrive within a second, and old ones go.',
    )
  }
  const { status, code, rule } = line
  print(call, { status, code, rule, steps: tellStory(line) }, summarize(line))
}

function summarize({ status, code, rule, duration_ms: durationMs }: LogLine): string {
  if (status === 0) return `The client was gone after ${durationMs} ms${code === null ? '' : ` (${code})`}.`
  if (code === null) return `Its endpoint answered ${status}, after ${durationMs} ms.`
  return `It was answered with ${status} ${code}, by ${rule ?? 'mtlb'}, after ${durationMs} ms.`
}

/** What the record knows, in the order in which it happened. */
function tellStory(line: LogLine): readonly Step[] {
  const isRefused = line.code !== null && line.attempts === 0
  const refusal = line.rule ?? line.code ?? ''
  return [
    {
      phase: 'request',
      verdict: 'pass',
      detail: `${line.time} ${line.method} ${line.host}${line.path} from ${line.client}`,
    },
    ...known('tenant', line.tenant),
    ...known('route', line.route),
    ...known('key', line.key),
    ...line.trace.map(readStep).filter(({ phase }) => phase !== 'tenant' && phase !== 'route'),
    ...line.shadowed_by.map((target) => ({
      phase: 'limits',
      verdict: 'shadow',
      detail: `limit:${target} would have refused it`,
    })),
    ...(isRefused
      ? [{ phase: refusal.split(':', 1)[0], verdict: 'refuse', detail: `${line.code} by ${refusal}` }]
      : []),
    ...(line.waiting_ms > 1
      ? [{ phase: 'queue', verdict: 'wait', detail: `${line.waiting_ms} ms until it was sent` }]
      : []),
    ...line.failed_attempts.map((attempt) => ({
      phase: 'attempt',
      verdict: 'fail',
      detail: attempt.replace('=', ': '),
    })),
    ...tellLastAttempt(line),
  ]
}

/** `limits refuse tenant 0 left` */
function readStep(text: string): Step {
  const [phase, verdict, ...words] = text.split(' ')
  return { phase, verdict, detail: words.join(' ') }
}

function known(phase: string, detail: string | null): readonly Step[] {
  return detail === null ? [] : [{ phase, verdict: 'pass', detail }]
}

function tellLastAttempt({ attempts, endpoint, code, status, endpoint_ms: endpointMs }: LogLine): readonly Step[] {
  if (attempts === 0 || endpoint === null) return []
  const when = endpointMs === null ? '' : `, first byte after ${endpointMs} ms`
  if (code === null) return [{ phase: 'attempt', verdict: 'pass', detail: `${endpoint}: ${status}${when}` }]
  return [{ phase: 'attempt', verdict: 'fail', detail: `${endpoint}: ${code}${when}` }]
}
