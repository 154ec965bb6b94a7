import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { findFreePort, startServer } from './children.ts'

/** Starts Debian's nginx with one worker on a free loopback port. `http` is what stands inside `http { … }`. */
export async function startNginx(
  folder: string,
  http: (port: number) => string,
): Promise<{ port: number; pid: number }> {
  const port = await findFreePort()
  const path = join(folder, 'nginx.conf')
  writeFileSync(path, renderConfiguration(folder, http(port)))
  const pid = await startServer(['nginx', '-e', 'stderr', '-p', folder, '-c', path], port)
  return { port, pid }
}

/** For example `nginx/1.22.1`. */
export function readNginxVersion(): string {
  return spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr.trim().replace('nginx version: ', '')
}

function renderConfiguration(folder: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 60s;
  keepalive_requests 1000000000;
${http}
}
`
}
