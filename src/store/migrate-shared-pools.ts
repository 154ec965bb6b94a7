import type { Migration } from './migrations.ts'
import { rebuildTable } from './rebuild-table.ts'

const before = /length\(pool\) BETWEEN 1 AND 63 AND pool NOT GLOB '\*\[\^a-z0-9\._-\]\*'/

/** Version 18 to 19. */
export const sharedPools: Migration = {
  summary: 'tenants have weights, and pools that are granted to them',
  run(database) {
    rebuildTable(database, 'route', {
      declare: (sql) => sql.replace(before, "length(pool) BETWEEN 1 AND 70 AND pool NOT GLOB '*[^a-z0-9._/-]*'"),
    })
    database.exec(`
      ALTER TABLE tenant ADD COLUMN weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000);
      ALTER TABLE tenant ADD COLUMN guarantee INTEGER NOT NULL DEFAULT 0 CHECK (guarantee BETWEEN 0 AND 1000000);
      ALTER TABLE tenant ADD COLUMN grants TEXT NOT NULL DEFAULT '';
      DROP TRIGGER tenant_update;
      CREATE TRIGGER tenant_update AFTER UPDATE OF name, state, note, breaker, breaker_errors_percent, breaker_slow_percent, breaker_slow_after_ms, breaker_min_requests, breaker_window_ms, breaker_open_ms, plan, time_zone, weight, guarantee, grants ON tenant BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id = NEW.id; END;
    `)
  },
}
