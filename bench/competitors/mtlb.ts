import { join } from 'node:path'
import { findFreePort, run, startServer } from '../children.ts'
import type { Competitor } from '../competitor.ts'
import { tenantHost } from '../competitor.ts'

const launcher = join(import.meta.dirname, '../../bin/mtlb')

/** As an operator sets it up, with the commands of the README. */
export const mtlb: Competitor = {
  name: 'mtlb',
  summary: 'API key, rate limit, ip rule, statistics, traffic log, one data thread',
  hasKeys: true,
  readVersion: () => run([launcher, '--version']).trim(),
  async start(folder, originPort) {
    const env = { MTLB_DATA: folder }
    const port = await findFreePort()
    const command = (words: string) => run([launcher, ...words.split(' '), '--quiet'], env)
    command(`listener set main --bind 127.0.0.1:${port}`)
    command(`tenant add acme --host ${tenantHost}`)
    command('pool add acme/web --balance round-robin')
    command(`endpoint add acme/web http://127.0.0.1:${originPort}`)
    command('route add acme/api --path / --pool web')
    command('limit set acme --rate 1000000/s --burst 1000000')
    command('ip deny 203.0.113.0/24 --tenant acme')
    const key = command('key add acme/ci').trim()
    const pid = await startServer([launcher, 'serve', '--threads', '1', '--quiet'], port, { ...env, MTLB_LOG: 'warn' })
    const readDroppedRecords = () => Number(/"dropped": *(\d+)/.exec(run([launcher, 'status', '--json'], env))?.[1])
    return { port, pid, key, readDroppedRecords }
  },
}
