import type { Competitor } from '../competitor.ts'
import { relayDirectives, renderUpstream } from '../nginx-relay.ts'
import { readNginxVersion, startNginx } from '../nginx.ts'

/** The floor: what relaying alone costs. */
export const nginxBare: Competitor = {
  name: 'nginx-bare',
  summary: 'relays, and nothing else, one worker',
  hasKeys: false,
  needs: ['nginx'],
  readVersion: readNginxVersion,
  start: (folder, originPort) =>
    startNginx({
      folder,
      http: (port) => `
  ${renderUpstream(originPort)}
  ${relayDirectives}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://origin; }
  }`,
    }),
}
