import { startNginx } from './nginx.ts'

/** What the origin answers to everything. */
export const originBody = '{"message":"hello from the origin","items":[1,2,3]}'

/** The cheapest origin there is: nginx with an answer from memory. It tells in headers what reached it. */
export async function startOrigin(folder: string): Promise<number> {
  const { port } = await startNginx(
    folder,
    (port) => `
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type application/json;
    location / { return 200 '${originBody}'; }
    location = /seen {
      add_header X-Seen-Tenant $http_x_mtlb_tenant;
      add_header X-Seen-Authorization $http_authorization;
      add_header X-Seen-Forwarded-For $http_x_forwarded_for;
      return 200 '${originBody}';
    }
  }`,
  )
  return port
}
