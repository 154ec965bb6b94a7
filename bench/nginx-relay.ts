/** How all of nginx's configurations relay: connections kept, bodies passed on as they come, no temporary files. */
export const relayDirectives = `
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_request_buffering off;
  proxy_buffers 16 16k;
  proxy_max_temp_file_size 0;`

export function renderUpstream(originPort: number): string {
  return `
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 1024;
    keepalive_requests 1000000000;
  }`
}

/** What mtlb tells an endpoint about a request, and what it keeps from it. */
export const tenantHeaders = `
  proxy_set_header Host $host;
  proxy_set_header Authorization "";
  proxy_set_header X-Mtlb-Tenant $tenant;
  proxy_set_header X-Request-Id $request_id;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;`

/** The fields of a line of mtlb's traffic log, written in blocks. */
export function renderAccessLog(folder: string): string {
  return `
  log_format json escape=json '{"time":"$time_iso8601","request_id":"$request_id","tenant":"$tenant",'
    '"client":"$remote_addr","method":"$request_method","host":"$host","path":"$request_uri","status":$status,'
    '"endpoint":"$upstream_addr","bytes_in":$request_length,"bytes_out":$bytes_sent,'
    '"duration_s":$request_time,"endpoint_s":"$upstream_header_time","user_agent":"$http_user_agent"}';
  access_log ${folder}/access.log json buffer=64k flush=1s;`
}
