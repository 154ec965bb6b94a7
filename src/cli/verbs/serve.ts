import { mostThreads } from '../../slab/layout.ts'
import type { Call } from '../call.ts'
import type { Topic } from '../command.ts'
import { durationFlag, numberFlag } from '../value-flags.ts'
import { readVersion } from '../version.ts'

const summary = 'Run the proxy; it follows changes of the configuration by itself.'
/** A week, as of the setting; a timer holds 24 days, and ends at once when it is asked for more. */
const longestDrainMs = 604_800_000

export const serve: Topic = {
  name: 'serve',
  summary,
  commands: [
    {
      words: ['serve'],
      summary,
      details:
        'SIGTERM or SIGINT: stop accepting, finish what is under way, end with 0; a second one ends at once. ' +
        'SIGHUP: read the whole configuration again. Logs are JSON lines on stderr; MTLB_LOG sets their level.',
      flags: [
        { name: 'threads', value: 'number', summary: 'Data threads. Default: one per core.' },
        {
          name: 'drain',
          value: 'duration',
          summary: 'Longest wait for requests under way. Default: setting drain-timeout.',
        },
      ],
      examples: [{ command: 'mtlb serve' }, { command: 'mtlb serve --threads 2 --drain 10s' }],
      ownsSignals: true,
      run: async (call) => {
        const threads = numberFlag(call, 'threads', { min: 1, max: mostThreads })
        const drainMs = durationFlag(call, 'drain', { maxMs: longestDrainMs })
        const { startServer } = await import('../../control/serve.ts')
        const { serveUntilSignal } = await import('../../control/shutdown.ts')
        const { createLog } = await import('../../kit/log.ts')
        const log = createLog({ name: 'main' })
        process.title = 'mtlb serve'
        const starting = startServer({
          folder: call.folder,
          version: readVersion(),
          drainMs,
          log,
          ...(threads === undefined ? {} : { threads }),
        })
        await serveUntilSignal(starting, log, ({ listeners }) => printListeners(call, listeners))
      },
    },
  ],
}

interface Listener {
  readonly name: string
  readonly bind: string
  readonly port: number
  readonly error?: string
}

function printListeners({ print }: Call, listeners: readonly Listener[]): void {
  for (const { name, bind, port, error } of listeners) {
    if (error !== undefined) print.warn(`listener '${name}': ${error}`)
    else if (!print.isQuiet) print.line(`listener '${name}' accepts on ${bind.replace(/\d+$/, String(port))}`)
  }
}
