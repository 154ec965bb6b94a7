import type { Migration } from './migrations.ts'
import { rebuildTable } from './rebuild-table.ts'

/** Version 25 to 26. */
export const sources: Migration = {
  summary: 'endpoints may be services, and pools learn further ones from a file or a command',
  run(database) {
    rebuildTable(database, 'endpoint', { declare: () => createTable })
    database.exec(`
      ALTER TABLE pool ADD COLUMN from_file TEXT CHECK (from_file GLOB '/?*' AND length(from_file) <= 1000);
      ALTER TABLE pool ADD COLUMN from_exec TEXT CHECK (length(from_exec) <= 1000);
      ALTER TABLE pool ADD COLUMN refresh_ms INTEGER NOT NULL DEFAULT 10000 CHECK (refresh_ms BETWEEN 1000 AND 604800000);
    `)
  },
}

const createTable = `
CREATE TABLE endpoint (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pool_id INTEGER NOT NULL REFERENCES pool (id) ON DELETE CASCADE,
  url TEXT NOT NULL CHECK (url GLOB 'http://?*' OR url GLOB 'https://?*' OR url GLOB 'srv+http://?*' OR url GLOB 'srv+https://?*'),
  weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 0 AND 1000),
  state TEXT NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'draining', 'disabled')),
  priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 15),
  backup INTEGER NOT NULL DEFAULT 0 CHECK (backup IN (0, 1)),
  zone TEXT CHECK (length(zone) BETWEEN 1 AND 63 AND zone NOT GLOB '*[^a-z0-9._-]*'),
  max_connections INTEGER NOT NULL DEFAULT 0 CHECK (max_connections BETWEEN 0 AND 1000000),
  UNIQUE (pool_id, url)
) STRICT`
