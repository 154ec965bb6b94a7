import type { Competitor } from '../competitor.ts'
import { relayDirectives, renderAccessLog, renderUpstream, tenantHeaders } from '../nginx-relay.ts'
import { readNginxVersion, startNginx } from '../nginx.ts'
import type { Tenant } from '../tenants.ts'

/** What an operator would write by hand for the same promises, kindly set. */
export const nginx: Competitor = {
  name: 'nginx',
  summary: 'tenant by key (`map`), `limit_req`, ip rules, JSON access log in blocks of 64 KiB, one worker',
  hasKeys: true,
  needs: ['nginx'],
  readVersion: readNginxVersion,
  start: (folder, originPort, tenants) =>
    startNginx({
      folder,
      tenant: tenants.at(-1),
      http: (port) => `
  map_hash_max_size 262144;
  map_hash_bucket_size 256;
  server_names_hash_max_size 65536;
  server_names_hash_bucket_size 128;
  map $http_authorization $tenant {
    default "";
    ${tenants.flatMap(({ name, keys }) => keys.map((key) => `"Bearer ${key}" ${name};`)).join('\n    ')}
  }
  ${renderAccessLog(folder)}
  ${[...new Set(tenants.map(renderZone))].join('\n  ')}
  limit_req_status 429;
  limit_req_log_level info;
  ${renderUpstream(originPort)}
  ${relayDirectives}
  ${tenantHeaders}
  ${tenants.map((tenant) => renderServer(tenant, port)).join('\n')}`,
    }),
}

function renderZone({ perMinute }: Tenant): string {
  return `limit_req_zone $tenant zone=per_minute_${perMinute}:8m rate=${perMinute}r/m;`
}

function renderServer({ name, host, paths, denied, perMinute, burst }: Tenant, port: number): string {
  return `
  server {
    listen 127.0.0.1:${port}${name === 'acme' || name === 'tenant-0' ? ' backlog=4096' : ''};
    server_name ${host};
    ${denied.map((range) => `deny ${range};`).join(' ')}
    limit_req zone=per_minute_${perMinute}${burst > 1 ? ` burst=${burst - 1} nodelay` : ''};
    if ($tenant != ${name}) { return 401; }
    ${paths.map((path) => `location ${path} { proxy_pass http://origin; }`).join('\n    ')}
  }`
}
