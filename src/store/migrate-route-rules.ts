import type { Migration } from './migrations.ts'

/**
 * Version 1 to 2. The table is made anew, so that its columns stand where a fresh database has them; ids stay, and none
 * that was ever used comes again. The rows are in their place before the triggers are: no revision moves.
 */
export const routeRules: Migration = {
  summary: 'routes say what they take, and for how long',
  run(database) {
    database.exec(`
      ALTER TABLE route RENAME TO route_v1;
      ${createTable}
      INSERT INTO route (id, tenant_id, name, path, methods, pool, auth, strip_prefix, timeout_ms)
        SELECT id, tenant_id, name, path, methods, pool, auth, strip_prefix, timeout_ms FROM route_v1;
      DELETE FROM sqlite_sequence WHERE name = 'route';
      UPDATE sqlite_sequence SET name = 'route' WHERE name = 'route_v1';
      DROP TABLE route_v1;
      ${createTriggers}
    `)
  },
}

const createTable = `
CREATE TABLE route (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the route, unique within its tenant.
  path TEXT NOT NULL DEFAULT '/' CHECK (path GLOB '/*'), -- Path prefix, matched by whole segments; the longest wins.
  methods TEXT NOT NULL DEFAULT '', -- Methods that it takes; none means every method.
  pool TEXT NOT NULL CHECK (length(pool) BETWEEN 1 AND 63 AND pool NOT GLOB '*[^a-z0-9._-]*'), -- Name of the tenant's pool that serves it.
  auth TEXT NOT NULL DEFAULT 'key' CHECK (length(auth) > 0), -- What a client must present.
  strip_prefix INTEGER NOT NULL DEFAULT 0 CHECK (strip_prefix IN (0, 1)), -- Whether the path prefix is cut off before sending.
  path_mode TEXT NOT NULL DEFAULT 'canonical' CHECK (path_mode IN ('canonical', 'raw')), -- Which paths it takes, and how they are sent on.
  websocket INTEGER NOT NULL DEFAULT 1 CHECK (websocket IN (0, 1)), -- Whether it lets a client open a WebSocket.
  max_body_bytes INTEGER CHECK (max_body_bytes >= 0), -- Longest request body; without it any length is taken.
  timeout_ms INTEGER NOT NULL DEFAULT 60000 CHECK (timeout_ms BETWEEN 1 AND 604800000), -- Longest wait for the first byte of the response.
  idle_timeout_ms INTEGER NOT NULL DEFAULT 60000 CHECK (idle_timeout_ms BETWEEN 1 AND 604800000), -- Longest silence of the endpoint within a response.
  request_timeout_ms INTEGER CHECK (request_timeout_ms BETWEEN 1 AND 604800000), -- Longest time from request to end of response; without it there is no bound.
  UNIQUE (tenant_id, name)
) STRICT;`

const createTriggers = `
CREATE TRIGGER route_insert AFTER INSERT ON route BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER route_update AFTER UPDATE ON route BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER route_delete AFTER DELETE ON route BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;`
