import { join } from 'node:path'
import type { FileKind } from './ledger-database.ts'

/** Whom a row of statistics is about. Numbers, because they are part of every row's key. */
export const ownerKind = { tenant: 1, route: 2, endpoint: 3 } as const

export type OwnerKind = keyof typeof ownerKind

export function ledgerPath(folder: string): string {
  return join(folder, 'ledger.db')
}

export const ledgerKind: FileKind = {
  applicationId: 0x6d74_6c64,
  version: 1,
  schema: `
    CREATE TABLE run (
      id           INTEGER PRIMARY KEY, -- one life of the server, and of the counters in its shared memory
      first_minute INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE owner (
      kind        INTEGER NOT NULL, -- 1 tenant, 2 route, 3 endpoint
      id          INTEGER NOT NULL,
      tenant_id   INTEGER NOT NULL,
      tenant_name TEXT NOT NULL,
      name        TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX owner_by_tenant ON owner (tenant_id, kind);
    CREATE TABLE rollup (
      minute    INTEGER NOT NULL, -- since 1970
      kind      INTEGER NOT NULL,
      owner_id  INTEGER NOT NULL, -- tenant 0: traffic that belongs to no tenant
      run       INTEGER NOT NULL,
      no_status INTEGER NOT NULL,
      status_1xx INTEGER NOT NULL,
      status_2xx INTEGER NOT NULL,
      status_3xx INTEGER NOT NULL,
      status_4xx INTEGER NOT NULL,
      status_5xx INTEGER NOT NULL,
      rejected  INTEGER NOT NULL,
      faults    INTEGER NOT NULL,
      bytes_in  INTEGER NOT NULL,
      bytes_out INTEGER NOT NULL,
      latency   TEXT NOT NULL,    -- JSON: bucket and count by turns
      PRIMARY KEY (minute, kind, owner_id, run)
    ) STRICT, WITHOUT ROWID;
  `,
}
