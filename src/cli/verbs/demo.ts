import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { UserError } from '../../kit/user-error.ts'
import type { Call } from '../call.ts'
import type { Topic } from '../command.ts'
import type { DemoKeys } from '../demo/write-demo.ts'
import { numberFlag } from '../value-flags.ts'
import { readVersion } from '../version.ts'

const summary = 'Try it: two tenants, four echo endpoints and a proxy, gone again with Ctrl-C.'
const usualPort = 8080

export const demo: Topic = {
  name: 'demo',
  summary,
  commands: [
    {
      words: ['demo'],
      summary,
      details: 'Everything lives in a temporary data folder and on the loopback interface.',
      flags: [
        { name: 'port', value: 'port', summary: `Port of the proxy; 0 takes a free one. Default: ${usualPort}.` },
      ],
      examples: [{ command: 'mtlb demo' }],
      ownsSignals: true,
      run: async (call) => {
        const folder = mkdtempSync(join(tmpdir(), 'mtlb-demo-'))
        process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
        await runDemo(call, folder, await choosePort(call))
      },
    },
  ],
}

async function runDemo(call: Call, folder: string, port: number): Promise<void> {
  // Until the server takes the signals, an early Ctrl-C must remove the folder, too.
  const stopEnding = call.surroundings.endOnInterrupt()
  process.env.MTLB_LOG ??= 'warn'
  process.title = 'mtlb demo'
  const { startEchoEndpoint } = await import('../demo/echo-endpoint.ts')
  const { writeDemo } = await import('../demo/write-demo.ts')
  const { startServer } = await import('../../control/serve.ts')
  const { serveUntilSignal } = await import('../../control/shutdown.ts')
  const { createLog } = await import('../../kit/log.ts')
  await using closing = new AsyncDisposableStack()
  const endpoints = await Promise.all(['acme-1', 'acme-2', 'globex-1', 'globex-2'].map(startEchoEndpoint))
  for (const endpoint of endpoints) closing.defer(() => endpoint.close())
  const urls = endpoints.map(({ url }) => url)
  const keys = writeDemo({ folder, clock: call.surroundings.clock, bind: `127.0.0.1:${port}`, urls })
  const log = createLog({ name: 'main' })
  const server = await startServer({ folder, threads: 2, drainMs: 1_000, version: readVersion(), log })
  const origin = `http://127.0.0.1:${server.listeners[0]?.port ?? port}`
  for (const line of renderGuide({ origin, folder, keys })) call.print.line(line)
  // A closed terminal is no wish to read the configuration again.
  process.once('SIGHUP', () => process.kill(process.pid, 'SIGTERM'))
  stopEnding()
  await serveUntilSignal(server, log)
  call.print.note('The demo has ended; its folder is removed.')
}

async function choosePort(call: Call): Promise<number> {
  const wanted = numberFlag(call, 'port', { min: 0, max: 65_535 })
  const { isPortFree } = await import('../demo/is-port-free.ts')
  if (wanted !== undefined && wanted !== 0 && !(await isPortFree(wanted))) {
    throw new UserError('conflict', `port ${wanted} is in use`, "Take a free one: 'mtlb demo --port 0'.")
  }
  if (wanted !== undefined) return wanted
  if (await isPortFree(usualPort)) return usualPort
  call.print.note(`Port ${usualPort} is taken, so the demo uses a free one.`)
  return 0
}

interface Guide {
  readonly origin: string
  readonly folder: string
  readonly keys: DemoKeys
}

function renderGuide({ origin, folder, keys }: Guide): readonly string[] {
  const mtlb = `${findLauncher()} --data ${folder}`
  const status = String.raw`-s -o /dev/null -w '%{http_code} '`
  return [
    `mtlb serves two tenants, acme and globex, on ${origin}. Paste these into another terminal:`,
    '',
    "# acme's key reaches acme's endpoints, by turns",
    `curl -H 'Host: acme.test' -H 'Authorization: Bearer ${keys.acme}' ${origin}/hello`,
    "# globex's key reaches globex's; a route that is open needs none",
    `curl -H 'Host: globex.test' -H 'X-Api-Key: ${keys.globex}' ${origin}/hello`,
    `curl -H 'Host: globex.test' ${origin}/open`,
    '# refused: no key (401 unauthenticated), the key of another tenant (401), a denied address (403)',
    `curl -H 'Host: acme.test' ${origin}/hello`,
    `curl -H 'Host: acme.test' -H 'Authorization: Bearer ${keys.globex}' ${origin}/hello`,
    `curl -H 'Host: acme.test' -H 'Authorization: Bearer ${keys.acme}' -H 'X-Forwarded-For: 203.0.113.7' ${origin}/hello`,
    '# acme may send 5 requests per second, 10 at once: the rest is 429 rate_limited',
    `for i in $(seq 15); do curl ${status} -H 'Host: acme.test' -H 'Authorization: Bearer ${keys.acme}' ${origin}/; done; echo`,
    '# what happened; the server writes it down within a second',
    'sleep 2',
    `${mtlb} logs -n 20`,
    `${mtlb} stats`,
    `${mtlb} status`,
    '# what would come of a request, and by which rule',
    `${mtlb} explain --host acme.test --path /hello --header 'X-Forwarded-For: 203.0.113.7'`,
    '',
    'Ctrl-C ends it.',
  ]
}

/** As it can be typed in this folder. */
function findLauncher(): string {
  const path = new URL('../../../bin/mtlb', import.meta.url).pathname
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}
