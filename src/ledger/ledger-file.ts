import { join } from 'node:path'
import type { FileKind } from './ledger-database.ts'

/** Whom a row is about. Numbers, because they are part of every row's key. */
export const ownerKind = { tenant: 1, route: 2, endpoint: 3, key: 4 } as const

export type OwnerKind = keyof typeof ownerKind

/** A row of `account` as SQLite gives it. */
export interface AccountRow {
  readonly kind: number
  readonly owner_id: number
  readonly minute: number
  readonly counts: string
  readonly before: string
  readonly usage: string
}

export function ledgerPath(folder: string): string {
  return join(folder, 'ledger.db')
}

const accountsAndUsage = `
  CREATE TABLE account (
    kind     INTEGER NOT NULL,
    owner_id INTEGER NOT NULL,
    run      INTEGER NOT NULL, -- one life of the server, and of the counters in its shared memory
    minute   INTEGER NOT NULL, -- the one under way when it was last written, in UTC since 1970
    counts   TEXT NOT NULL,    -- JSON: counted in that minute so far; empty for nothing
    before   TEXT NOT NULL,    -- JSON: what the counters showed when that minute began
    usage    TEXT NOT NULL,    -- JSON: of that minute's hour, before the minute; empty for nothing
    PRIMARY KEY (kind, owner_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE usage (
    id          INTEGER PRIMARY KEY, -- several rows may be about one hour: they add up
    hour        INTEGER NOT NULL,    -- in UTC since 1970
    kind        INTEGER NOT NULL,    -- 1 tenant, 2 route, 4 key
    owner_id    INTEGER NOT NULL,
    requests    INTEGER NOT NULL,    -- refused ones included
    rejected    INTEGER NOT NULL,
    bytes_in    INTEGER NOT NULL,
    bytes_out   INTEGER NOT NULL,
    endpoint_us INTEGER NOT NULL,    -- spent at endpoints
    reasons     TEXT NOT NULL        -- JSON: refused requests by code
  ) STRICT;
  CREATE INDEX usage_by_owner ON usage (kind, owner_id, hour);
  CREATE TRIGGER usage_update BEFORE UPDATE ON usage BEGIN SELECT RAISE(ABORT, 'usage is only ever added to'); END;
  CREATE TRIGGER usage_delete BEFORE DELETE ON usage BEGIN SELECT RAISE(ABORT, 'usage is only ever added to'); END;
`

export const ledgerKind: FileKind = {
  applicationId: 0x6d74_6c64,
  version: 2,
  schema: `
    CREATE TABLE owner (
      kind        INTEGER NOT NULL, -- 1 tenant, 2 route, 3 endpoint, 4 key
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
      part      INTEGER NOT NULL, -- several rows may be about one minute: they add up
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
      endpoint_us INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (minute, kind, owner_id, part)
    ) STRICT, WITHOUT ROWID;
    ${accountsAndUsage}
  `,
  /** Version 1 had no usage, and a row for each minute and run that was written again while the minute lasted. */
  upgrade: `
    ALTER TABLE rollup RENAME COLUMN run TO part;
    ALTER TABLE rollup ADD COLUMN endpoint_us INTEGER NOT NULL DEFAULT 0;
    DROP TABLE run;
    ${accountsAndUsage}
  `,
}
