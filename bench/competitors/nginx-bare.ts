import type { Competitor } from '../competitor.ts'
import { readNginxVersion, startNginx } from '../nginx.ts'

/** The floor: what relaying alone costs. */
export const nginxBare: Competitor = {
  name: 'nginx-bare',
  summary: 'relays, and nothing else',
  hasKeys: false,
  readVersion: readNginxVersion,
  async start(folder, originPort) {
    const { port, pid } = await startNginx(
      folder,
      (port) => `
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass http://origin;
    }
  }`,
    )
    return { port, pid, key: '' }
  },
}
