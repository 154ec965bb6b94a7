import type { Competitor } from '../competitor.ts'
import { tenantHost } from '../competitor.ts'
import { readNginxVersion, startNginx } from '../nginx.ts'

const key = 'mtlb_bench0000000000000000000000000000000000000000'

/** What an operator would write by hand for the same promises, kindly set: buffered log, connections kept. */
export const nginx: Competitor = {
  name: 'nginx',
  summary: 'tenant by key (map), limit_req, ip rule, buffered JSON access log, one worker',
  hasKeys: true,
  readVersion: readNginxVersion,
  async start(folder, originPort) {
    const { port, pid } = await startNginx(
      folder,
      (port) => `
  map_hash_bucket_size 128;
  map $http_authorization $tenant {
    default "";
    "Bearer ${key}" acme;
  }
  log_format json escape=json '{"time":"$time_iso8601","request_id":"$request_id","tenant":"$tenant",'
    '"client":"$remote_addr","method":"$request_method","host":"$host","path":"$request_uri","status":$status,'
    '"endpoint":"$upstream_addr","bytes_in":$request_length,"bytes_out":$bytes_sent,'
    '"duration_s":$request_time,"endpoint_s":"$upstream_header_time","user_agent":"$http_user_agent"}';
  access_log ${folder}/access.log json buffer=64k flush=1s;
  limit_req_zone $tenant zone=tenants:1m rate=1000000r/s;
  limit_req_status 429;
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    server_name ${tenantHost};
    location / {
      if ($tenant = "") { return 401; }
      deny 203.0.113.0/24;
      limit_req zone=tenants burst=1000000 nodelay;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header Authorization "";
      proxy_set_header X-Mtlb-Tenant $tenant;
      proxy_set_header X-Request-Id $request_id;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_pass http://origin;
    }
  }`,
    )
    return { port, pid, key }
  },
}
