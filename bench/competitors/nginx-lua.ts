import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Competitor } from '../competitor.ts'
import { relayDirectives, renderAccessLog, renderUpstream, tenantHeaders } from '../nginx-relay.ts'
import { readNginxVersion, startNginx } from '../nginx.ts'
import type { Tenant } from '../tenants.ts'
import { luaModules, readLuaModuleVersion } from '../tools.ts'

/** What API gateways built on nginx and Lua do at their core. */
export const nginxLua: Competitor = {
  name: 'nginx-lua',
  summary: 'keys, exact limit, counters and latency histogram in shared dicts (Lua), ip rules, JSON log, one worker',
  hasKeys: true,
  needs: ['nginx', 'nginx-lua'],
  readVersion: () => `${readNginxVersion()}, lua module ${readLuaModuleVersion()}`,
  start: (folder, originPort, tenants) => {
    const tenantsPath = join(folder, 'tenants.tsv')
    writeFileSync(tenantsPath, tenants.map(renderTenant).join(''))
    return startNginx({
      folder,
      modules: luaModules,
      tenant: tenants.at(-1),
      http: (port) => `
  lua_package_path '${import.meta.dirname}/?.lua;;';
  lua_shared_dict keys 16m;
  lua_shared_dict limits 8m;
  lua_shared_dict stats 32m;
  init_by_lua_block { gateway = require 'nginx-lua' gateway.load('${tenantsPath}') }
  ${renderAccessLog(folder)}
  ${renderUpstream(originPort)}
  ${relayDirectives}
  ${tenantHeaders}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    set $tenant '';
    access_by_lua_block { gateway.access() }
    log_by_lua_block { gateway.log() }
    location / { proxy_pass http://origin; }
  }`,
    })
  },
}

function renderTenant({ name, host, keys, denied, perMinute, burst }: Tenant): string {
  return `${[name, host, keys.join(','), denied.join(','), perMinute, burst].join('\t')}\n`
}
