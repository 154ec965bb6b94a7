import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort, startServer } from './children.ts'
import type { RunningServer } from './children.ts'
import type { Tenant } from './tenants.ts'

export interface HaproxyPlan {
  readonly folder: string
  readonly originPort: number
  /** What stands inside `frontend`. */
  readonly frontend: string
  /** Further sections. */
  readonly sections?: string
  readonly tenant?: Tenant | undefined
}

/** Starts Debian's HAProxy with one thread on a free loopback port. Its log lines go to a file, through its output. */
export async function startHaproxy({ folder, originPort, frontend, sections = '', tenant }: HaproxyPlan) {
  const port = await findFreePort()
  const path = join(folder, 'haproxy.cfg')
  writeFileSync(
    path,
    `
global
  nbthread 1
  maxconn 9000
  log stdout len 4096 format raw local0
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
  http-reuse always
frontend entrance
  bind 127.0.0.1:${port} backlog 4096
  default_backend origin
${frontend}
backend origin
  server origin 127.0.0.1:${originPort} pool-max-conn 2048
${sections}
`,
  )
  const outputPath = join(folder, 'access.log')
  const server: RunningServer = await startServer({
    // Not with `-q`, which closes its output, where the log goes.
    command: ['haproxy', '-db', '-f', path],
    port,
    tenant,
    outputPath,
  })
  return { port, ...server }
}

/** For example `HAProxy 2.6.12-1+deb12u4`. */
export function readHaproxyVersion(): string {
  const text = spawnSync('haproxy', ['-v'], { encoding: 'utf8' }).stdout
  return `HAProxy ${/version (\S+)/.exec(text)?.[1]}`
}
