import type { NamedEvent } from '../../control/event-log.ts'
import type { Call } from '../call.ts'
import { isFlagSet, textFlag } from '../call.ts'
import type { Topic } from '../command.ts'
import { createColumn } from '../print/column.ts'
import { encodeJson } from '../print/encode-json.ts'
import { jsonObject, renderTsvRow } from '../print/print.ts'
import { numberFlag } from '../value-flags.ts'

const summary = 'Show what has happened to pools and endpoints since the server started.'

const usualCount = 100
const followPauseMs = 250

export const events: Topic = {
  name: 'events',
  summary,
  commands: [
    {
      words: ['events'],
      summary,
      details:
        'Endpoints that go down and come up, pools in panic: each with its reason. The log of the server has them as well, ' +
        'also those of before its start. Ends with 7 when no server runs on the data folder.',
      flags: [
        { name: 'tenant', value: 'tenant', summary: 'Only those of this tenant.' },
        { name: 'count', short: 'n', value: 'number', summary: `At most this many. Default: ${usualCount}.` },
        { name: 'follow', short: 'f', summary: 'Go on with new ones as they happen.' },
      ],
      examples: [{ command: 'mtlb events' }, { command: 'mtlb events -f --tenant acme' }],
      run: (call) => (isFlagSet(call, 'follow') ? followEvents(call) : printEvents(call)),
    },
  ],
}

const columns = [
  createColumn('id', 'number', ({ id }: NamedEvent) => id),
  createColumn('time', 'time', ({ timeMs }: NamedEvent) => timeMs),
  createColumn('kind', 'text', ({ kind }: NamedEvent) => kind),
  createColumn('tenant', 'text', ({ tenant }: NamedEvent) => tenant),
  createColumn('pool', 'text', ({ pool }: NamedEvent) => pool),
  createColumn('endpoint', 'text', ({ endpoint }: NamedEvent) => endpoint),
  createColumn('reason', 'text', ({ reason }: NamedEvent) => reason),
]

async function printEvents(call: Call): Promise<void> {
  const { readEvents } = await import('../../control/control-client.ts')
  const all = await readEvents(call.folder, { afterId: 0, tenant: textFlag(call, 'tenant') })
  call.print.rows(columns, newest(call, all, usualCount), 'Nothing has happened yet.')
}

async function followEvents(call: Call): Promise<void> {
  const { readEvents } = await import('../../control/control-client.ts')
  const { setTimeout: delay } = await import('node:timers/promises')
  const { print, folder } = call
  const write = (event: NamedEvent) =>
    print.out.write(print.isJson ? `${encodeJson(jsonObject(columns, event))}\n` : `${renderTsvRow(columns, event)}\n`)
  print.note('New events follow; Ctrl-C ends it.')
  const tenant = textFlag(call, 'tenant')
  const before = await readEvents(folder, { afterId: 0, tenant })
  for (const event of newest(call, before, 0)) write(event)
  let afterId = before.at(-1)?.id ?? 0
  for (;;) {
    await delay(followPauseMs)
    for (const event of await readEvents(folder, { afterId, tenant })) {
      write(event)
      afterId = event.id
    }
  }
}

function newest(call: Call, events: readonly NamedEvent[], usual: number): readonly NamedEvent[] {
  const count = numberFlag(call, 'count', { min: 1, max: 1e6 }) ?? usual
  return events.slice(Math.max(0, events.length - count))
}
