import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEvents } from '../src/control/control-client.ts'
import { createResilientTenant } from '../test/support/resilient-tenant.ts'
import { findFreePort, startServer } from './children.ts'
import type { RunningServer } from './children.ts'
import { launcher } from './launcher.ts'
import { startNginx } from './nginx.ts'
import type { ToolName } from './tools.ts'
import { writeConfiguration } from './write-configuration.ts'

/** A proxy over three endpoints, told to retry whatever it can, each attempt to take 300 ms at most, and to check every 200 ms. */
export interface FaultCompetitor {
  readonly name: string
  readonly needs: readonly ToolName[]
  start(folder: string, endpointPorts: readonly number[]): Promise<RunningFaultCompetitor>
}

export interface RunningFaultCompetitor extends Pick<RunningServer, 'stop'> {
  readonly port: number
  /** Whether it has found out by now that the first endpoint is not well. */
  hasDetected(): Promise<boolean>
}

const mtlb: FaultCompetitor = {
  name: 'mtlb',
  needs: [],
  async start(folder, ports) {
    const port = await findFreePort()
    const tenant = createResilientTenant(ports.map((endpoint) => `http://127.0.0.1:${endpoint}`))
    writeConfiguration({ folder, port, tenants: [{ ...tenant, hosts: ['127.0.0.1', 'acme.test'] }] })
    const env = { MTLB_DATA: folder, MTLB_LOG: 'fatal' }
    const server = await startServer({ command: [launcher, 'serve', '--threads', '1', '--quiet'], port, env })
    const hasDetected = async () =>
      (await readEvents(folder, { afterId: 0, tenant: undefined })).some(
        ({ endpoint }) => endpoint === `http://127.0.0.1:${ports[0]}`,
      )
    return { ...server, port, hasDetected }
  },
}

/** What it knows it knows from traffic alone: checks are in its paid edition. */
const nginx: FaultCompetitor = {
  name: 'nginx',
  needs: ['nginx'],
  async start(folder, ports) {
    const log = join(folder, 'error.log')
    const http = (port: number) => `
  error_log ${log} warn;
  upstream web {
    ${ports.map((endpoint) => `server 127.0.0.1:${endpoint} max_fails=3 fail_timeout=10s;`).join('\n    ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_connect_timeout 300ms;
      proxy_read_timeout 300ms;
      proxy_next_upstream error timeout invalid_header http_500 http_502 http_503 http_504;
      proxy_next_upstream_tries 3;
    }
  }`
    const server = await startNginx({ folder, http })
    const hasDetected = async () => readFileSync(log, 'utf8').includes('upstream server temporarily disabled')
    return { ...server, hasDetected }
  },
}

/** Checks of its own, and `observe` so that traffic counts as well. */
const haproxy: FaultCompetitor = {
  name: 'haproxy',
  needs: ['haproxy'],
  async start(folder, ports) {
    const port = await findFreePort()
    const path = join(folder, 'haproxy.cfg')
    const outputPath = join(folder, 'haproxy.log')
    const server = (endpoint: number, index: number) =>
      `server s${index} 127.0.0.1:${endpoint} check inter 200ms fall 2 rise 2 observe layer7 error-limit 3 on-error mark-down`
    writeFileSync(
      path,
      `
global
  nbthread 1
  log stdout len 4096 format raw local0
defaults
  mode http
  timeout connect 300ms
  timeout check 200ms
  timeout client 60s
  timeout server 300ms
  timeout http-keep-alive 60s
  retries 2
  option redispatch 1
  retry-on all-retryable-errors
  http-reuse always
frontend entrance
  bind 127.0.0.1:${port} backlog 4096
  default_backend web
backend web
  log global
  balance roundrobin
  option httpchk GET /
  http-check expect rstatus ^[23]
  ${ports.map(server).join('\n  ')}
`,
    )
    // What it finds goes to its log as well.
    const command = ['sh', '-c', `exec haproxy -db -f '${path}' 2>/dev/null`]
    const running = await startServer({ command, port, outputPath })
    const hasDetected = async () => /web\/s0 is DOWN/.test(readFileSync(outputPath, 'utf8'))
    return { ...running, port, hasDetected }
  },
}

export const faultCompetitors: readonly FaultCompetitor[] = [mtlb, nginx, haproxy]
