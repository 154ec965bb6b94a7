import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort, startServer } from './children.ts'
import type { RunningServer } from './children.ts'
import type { Tenant } from './tenants.ts'

export interface NginxPlan {
  readonly folder: string
  /** What stands inside `http { … }`. */
  readonly http: (port: number) => string
  readonly modules?: readonly string[]
  /** It has started once this one is served. */
  readonly tenant?: Tenant | undefined
}

/** Starts Debian's nginx with one worker on a free loopback port. */
export async function startNginx({ folder, http, modules = [], tenant }: NginxPlan) {
  const port = await findFreePort()
  const path = join(folder, 'nginx.conf')
  writeFileSync(path, renderConfiguration(folder, modules, http(port)))
  const command = ['nginx', '-e', 'stderr', '-p', folder, '-c', path]
  const server: RunningServer = await startServer({ command, port, tenant })
  return { port, ...server }
}

/** For example `nginx/1.22.1`. */
export function readNginxVersion(): string {
  return spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr.trim().replace('nginx version: ', '')
}

function renderConfiguration(folder: string, modules: readonly string[], http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
# Root's folders are closed to the user that nginx would change to.
${process.getuid?.() === 0 ? 'user root root;' : ''}
pid ${folder}/nginx.pid;
${modules.map((module) => `load_module ${module};`).join('\n')}
events { worker_connections 19000; }
http {
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 60s;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_buffer_size 128k;
${http}
}
`
}
