import type { Migration } from './migrations.ts'

/** Version 12 to 13. No tenant has a plan. */
export const plans: Migration = {
  summary: 'tenants have plans, whose limits they share',
  run(database) {
    database.exec(`
      CREATE TABLE plan (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'),
        rate TEXT CHECK (rate GLOB '[1-9]*/?*'),
        burst INTEGER CHECK (burst BETWEEN 1 AND 1000000000),
        concurrency INTEGER CHECK (concurrency BETWEEN 1 AND 1000000),
        client_rate TEXT CHECK (client_rate GLOB '[1-9]*/?*'),
        client_burst INTEGER CHECK (client_burst BETWEEN 1 AND 1000000000),
        note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200),
        UNIQUE (name)
      ) STRICT;
      ALTER TABLE tenant ADD COLUMN plan TEXT CHECK (length(plan) BETWEEN 1 AND 63 AND plan NOT GLOB '*[^a-z0-9._-]*');
      DROP TRIGGER tenant_update;
      CREATE TRIGGER tenant_update AFTER UPDATE OF name, state, note, breaker, breaker_errors_percent, breaker_slow_percent, breaker_slow_after_ms, breaker_min_requests, breaker_window_ms, breaker_open_ms, plan ON tenant BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id = NEW.id; END;
      CREATE TRIGGER plan_insert AFTER INSERT ON plan BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE plan IN (NEW.name); END;
      CREATE TRIGGER plan_update AFTER UPDATE ON plan BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE plan IN (OLD.name, NEW.name); END;
      CREATE TRIGGER plan_delete AFTER DELETE ON plan BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE plan IN (OLD.name); END;
    `)
  },
}
