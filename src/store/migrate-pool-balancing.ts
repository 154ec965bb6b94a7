import type { Migration } from './migrations.ts'
import { createSecrets } from './secrets.ts'

/**
 * Version 2 to 3. The table is made anew, as in version 2; but endpoints refer to it, and with the old way of renaming they go
 * on referring to the name, not to the table that is about to go.
 */
export const poolBalancing: Migration = {
  summary: 'pools say what they hash, and whether clients stick',
  run(database) {
    database.pragma('legacy_alter_table = ON')
    try {
      database.exec(`
        ALTER TABLE pool RENAME TO pool_v2;
        ${createTable}
        INSERT INTO pool (id, tenant_id, name, balance, connect_timeout_ms)
          SELECT id, tenant_id, name, balance, connect_timeout_ms FROM pool_v2;
        DELETE FROM sqlite_sequence WHERE name = 'pool';
        UPDATE sqlite_sequence SET name = 'pool' WHERE name = 'pool_v2';
        DROP TABLE pool_v2;
        ${createTriggers}
        ${createSecretTable}
      `)
      createSecrets(database)
    } finally {
      database.pragma('legacy_alter_table = OFF')
    }
  },
}

const createSecretTable = `
CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;`

const createTable = `
CREATE TABLE pool (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the pool, unique within its tenant.
  balance TEXT NOT NULL DEFAULT 'round-robin' CHECK (length(balance) > 0), -- How an endpoint is picked.
  hash_on TEXT CHECK (length(hash_on) > 0), -- What balance 'hash' looks at: header:NAME, cookie:NAME, query:NAME, path, tenant or key.
  hash_load_percent INTEGER CHECK (hash_load_percent BETWEEN 101 AND 10000), -- Most that one endpoint gets by its hash, as a multiple of the mean under way; without it any load.
  sticky TEXT NOT NULL DEFAULT 'off' CHECK (sticky IN ('off', 'cookie', 'ip')), -- What keeps a client at its endpoint.
  sticky_age_ms INTEGER NOT NULL DEFAULT 86400000 CHECK (sticky_age_ms BETWEEN 1000 AND 604800000), -- How long a sticky cookie is good; in the second half of it the client is given a new one.
  connect_timeout_ms INTEGER NOT NULL DEFAULT 5000 CHECK (connect_timeout_ms BETWEEN 1 AND 604800000), -- Longest wait for a connection to an endpoint.
  UNIQUE (tenant_id, name)
) STRICT;`

const createTriggers = `
CREATE TRIGGER pool_insert AFTER INSERT ON pool BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER pool_update AFTER UPDATE ON pool BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER pool_delete AFTER DELETE ON pool BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;`
