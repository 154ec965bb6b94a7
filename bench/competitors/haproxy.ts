import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Competitor } from '../competitor.ts'
import { readHaproxyVersion, startHaproxy } from '../haproxy.ts'
import type { Tenant } from '../tenants.ts'

/** Tenants by map files and a stick table, each with its own limit, as HAProxy's own documentation has it. */
export const haproxy: Competitor = {
  name: 'haproxy',
  summary: 'tenant by key (map file), stick-table rate and counters, ip rules, JSON log line into a file, one thread',
  hasKeys: true,
  needs: ['haproxy'],
  readVersion: readHaproxyVersion,
  start: (folder, originPort, tenants) => {
    const map = (name: string, lines: (tenant: Tenant) => readonly string[]) => {
      const path = join(folder, `${name}.map`)
      writeFileSync(
        path,
        tenants
          .flatMap(lines)
          .map((line) => `${line}\n`)
          .join(''),
      )
      return path
    }
    const hosts = map('hosts', ({ name, host }) => [`${host} ${name}`])
    const denied = map('denied', ({ name, denied }) => denied.map((range) => `${range} ${name}`))
    const keys = map('keys', ({ name, keys }) => keys.map((key) => `${key} ${name}`))
    const limits = map('limits', ({ name, perMinute }) => [`${name} ${perMinute}`])
    return startHaproxy({
      folder,
      originPort,
      tenant: tenants.at(-1),
      frontend: `
  log global
  log-format '${logFormat}'
  unique-id-format %[uuid]
  unique-id-header X-Request-Id
  http-request capture req.hdr(host) len 64
  http-request capture req.hdr(user-agent) len 128
  http-request set-var(txn.tenant) req.hdr(host),map_str(${hosts})
  http-request return status 404 unless { var(txn.tenant) -m found }
  http-request set-var(txn.denied) src,map_ip(${denied})
  http-request return status 403 if { var(txn.denied),strcmp(txn.tenant) eq 0 }
  http-request set-var(txn.owner) http_auth_bearer,map_str(${keys})
  http-request return status 401 unless { var(txn.owner),strcmp(txn.tenant) eq 0 }
  http-request track-sc0 var(txn.tenant) table tenants
  http-request set-var(txn.limit) var(txn.tenant),map_str_int(${limits})
  http-request return status 429 if { sc0_http_req_rate(tenants),sub(txn.limit) gt 0 }
  http-request del-header authorization
  http-request set-header X-Mtlb-Tenant %[var(txn.tenant)]
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http`,
      sections: `
backend tenants
  stick-table type string len 64 size 100k expire 1h store http_req_rate(60s),http_req_cnt,http_err_cnt,bytes_in_cnt,bytes_out_cnt`,
    })
  },
}

const logFormat = [
  '{"time":"%tr","request_id":"%ID","tenant":"%[var(txn.tenant)]","client":"%ci","method":"%HM"',
  '"host":"%[capture.req.hdr(0),json(utf8s)]","path":"%HU","status":%ST,"endpoint":"%si:%sp"',
  '"bytes_in":%U,"bytes_out":%B,"duration_ms":%Ta,"endpoint_ms":%Tr',
  '"user_agent":"%[capture.req.hdr(1),json(utf8s)]"}',
].join(',')
