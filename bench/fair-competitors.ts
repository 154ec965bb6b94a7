import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort, startServer } from './children.ts'
import type { RunningServer } from './children.ts'
import { launcher } from './launcher.ts'
import { startNginx } from './nginx.ts'
import type { ToolName } from './tools.ts'
import { writeConfiguration } from './write-configuration.ts'

/** Customers of one pool that works on so many requests at once. */
export interface FairPlan {
  readonly originPort: number
  readonly places: number
  readonly customers: readonly { readonly name: string; readonly weight: number }[]
}

/** A proxy told to share a pool among customers as fairly as it can. */
export interface FairCompetitor {
  readonly name: string
  readonly needs: readonly ToolName[]
  start(folder: string, plan: FairPlan): Promise<Pick<RunningServer, 'stop'> & { readonly port: number }>
}

const mtlb: FairCompetitor = {
  name: 'mtlb',
  needs: [],
  async start(folder, { originPort, places, customers }) {
    const port = await findFreePort()
    const pool = {
      endpoints: [`http://127.0.0.1:${originPort}`],
      maxInFlight: places,
      queue: 1_000,
      queueTimeoutMs: 30_000,
    }
    const tenants = customers.map(({ name, weight }, index) => ({
      name,
      weight,
      // Whoever starts the server asks it by its address.
      hosts: [`${name}.test`, ...(index === 0 ? ['127.0.0.1'] : [])],
      pools: {},
      grants: ['all'],
      routes: [{ name: 'api', pool: 'shared/all' }],
    }))
    const shared = { name: 'shared', hosts: [], routes: [], pools: { all: pool } }
    writeConfiguration({ folder, port, tenants: [shared, ...tenants] })
    const env = { MTLB_DATA: folder, MTLB_LOG: 'fatal' }
    const server = await startServer({ command: [launcher, 'serve', '--threads', '1', '--quiet'], port, env })
    return { ...server, port }
  },
}

/** It has no queue for requests: each customer gets so many places and no more. */
const nginx: FairCompetitor = {
  name: 'nginx',
  needs: ['nginx'],
  async start(folder, { originPort, places, customers }) {
    const sum = customers.reduce((total, { weight }) => total + weight, 0)
    const server = (name: string, weight: number, port: number) => `
  server {
    listen 127.0.0.1:${port};
    server_name ${name}.test;
    location / {
      limit_conn customer ${Math.max(1, Math.round((places * weight) / sum))};
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }`
    const http = (port: number) => `
  limit_conn_zone $server_name zone=customer:1m;
  upstream origin { server 127.0.0.1:${originPort}; keepalive 64; }
  ${customers.map(({ name, weight }) => server(name, weight, port)).join('')}`
    return startNginx({ folder, http })
  },
}

/** One queue for all, first come first served. */
const haproxy: FairCompetitor = {
  name: 'haproxy',
  needs: ['haproxy'],
  async start(folder, { originPort, places }) {
    const port = await findFreePort()
    const path = join(folder, 'haproxy.cfg')
    writeFileSync(
      path,
      `
global
  nbthread 1
  maxconn 9000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout queue 30s
  timeout http-keep-alive 60s
  http-reuse always
frontend entrance
  bind 127.0.0.1:${port} backlog 4096
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort} maxconn ${places}
`,
    )
    const server = await startServer({ command: ['haproxy', '-db', '-q', '-f', path], port })
    return { ...server, port }
  },
}

export const fairCompetitors: readonly FairCompetitor[] = [mtlb, nginx, haproxy]
