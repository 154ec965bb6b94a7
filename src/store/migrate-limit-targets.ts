import type { Migration } from './migrations.ts'
import { rebuildTable } from './rebuild-table.ts'

/** Version 11 to 12. Whatever limit a tenant had is that of the tenant as a whole. */
export const limitTargets: Migration = {
  summary: 'routes and keys have limits as well, and what is under way at once is bounded',
  run(database) {
    rebuildTable(database, 'limit', {
      declare: () => createTable,
      select: "id, tenant_id, 'tenant', rate, burst, NULL, 'reject'",
    })
  },
}

const createTable = `
CREATE TABLE "limit" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  target TEXT NOT NULL CHECK (target GLOB 'tenant*' OR target GLOB 'route:[a-z0-9]*' OR target GLOB 'key:[a-z0-9]*'), -- What it bounds.
  rate TEXT CHECK (rate GLOB '[1-9]*/?*'), -- Requests per period; without it any.
  burst INTEGER CHECK (burst BETWEEN 1 AND 1000000000), -- Requests that may come at once; without it as many as the rate counts.
  concurrency INTEGER CHECK (concurrency BETWEEN 1 AND 1000000), -- Requests under way at once; without it any number.
  on_exceed TEXT NOT NULL DEFAULT 'reject' CHECK (on_exceed IN ('reject', 'shadow')), -- What becomes of a request beyond.
  UNIQUE (tenant_id, target)
) STRICT`
