import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startNginx } from './nginx.ts'

/** What the origin answers to everything but `/large`. */
export const originBody = '{"message":"hello from the origin","items":[1,2,3]}'

/** What it answers to `/large`: 1 MiB, no two lines alike. */
export const largeBody = Buffer.from(
  Array.from({ length: 2 ** 15 }, (_, line) => `${line.toString(16).padStart(31, '.')}\n`).join(''),
)

/**
 * The cheapest origin there is: nginx with answers from memory and from a cached file. Below `/upload` it reads the whole
 * body before it answers; a bare `return` would answer at once, which a strict proxy takes for a reason to hang up. For
 * that the request is relayed once more, without its body. `/seen` and `/kept` tell in headers what reached it.
 */
export async function startOrigin(folder: string): Promise<number> {
  writeFileSync(join(folder, 'large'), largeBody)
  const { port } = await startNginx({
    folder,
    http: (port) => `
  default_type application/json;
  upstream reader {
    server unix:${folder}/reader.sock;
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen unix:${folder}/reader.sock;
    location / { return 200 '${originBody}'; }
  }
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Content-Length "";
  proxy_pass_request_body off;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { return 200 '${originBody}'; }
    location /upload { proxy_pass http://reader; }
    location = /large { alias ${folder}/large; }
    location = /seen {
      add_header X-Seen-Tenant $http_x_mtlb_tenant;
      add_header X-Seen-Authorization $http_authorization;
      add_header X-Seen-Forwarded-For $http_x_forwarded_for;
      return 200 '${originBody}';
    }
    location = /kept {
      client_body_in_file_only on;
      add_header X-Kept-Body $request_body_file;
      proxy_pass http://reader;
    }
  }`,
  })
  return port
}
