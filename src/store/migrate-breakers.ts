import type { Migration } from './migrations.ts'

const breaker = (table: string, on: string) => `
      ALTER TABLE ${table} ADD COLUMN breaker ${on};
      ALTER TABLE ${table} ADD COLUMN breaker_errors_percent INTEGER NOT NULL DEFAULT 50 CHECK (breaker_errors_percent BETWEEN 0 AND 100);
      ALTER TABLE ${table} ADD COLUMN breaker_slow_percent INTEGER NOT NULL DEFAULT 0 CHECK (breaker_slow_percent BETWEEN 0 AND 100);
      ALTER TABLE ${table} ADD COLUMN breaker_slow_after_ms INTEGER NOT NULL DEFAULT 5000 CHECK (breaker_slow_after_ms BETWEEN 1 AND 604800000);
      ALTER TABLE ${table} ADD COLUMN breaker_min_requests INTEGER NOT NULL DEFAULT 20 CHECK (breaker_min_requests BETWEEN 1 AND 1000000);
      ALTER TABLE ${table} ADD COLUMN breaker_window_ms INTEGER NOT NULL DEFAULT 10000 CHECK (breaker_window_ms BETWEEN 1000 AND 3600000);
      ALTER TABLE ${table} ADD COLUMN breaker_open_ms INTEGER NOT NULL DEFAULT 5000 CHECK (breaker_open_ms BETWEEN 100 AND 604800000);`

/** Version 8 to 9. */
export const breakers: Migration = {
  summary: 'tenants, pools and endpoints have circuit breakers, and pools eject whoever stands out',
  run(database) {
    database.exec(`
      ALTER TABLE pool ADD COLUMN eject_deviation_percent INTEGER NOT NULL DEFAULT 190 CHECK (eject_deviation_percent BETWEEN 0 AND 1000);
      ALTER TABLE pool ADD COLUMN eject_min_requests INTEGER NOT NULL DEFAULT 100 CHECK (eject_min_requests BETWEEN 1 AND 1000000);
      ${breaker('pool', "TEXT NOT NULL DEFAULT 'off' CHECK (breaker IN ('off', 'endpoints', 'pool', 'both'))")}
      ${breaker('tenant', 'INTEGER NOT NULL DEFAULT 0 CHECK (breaker IN (0, 1))')}
      DROP TRIGGER tenant_update;
      CREATE TRIGGER tenant_update AFTER UPDATE OF name, state, note, breaker, breaker_errors_percent, breaker_slow_percent, breaker_slow_after_ms, breaker_min_requests, breaker_window_ms, breaker_open_ms ON tenant BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id = NEW.id; END;
    `)
  },
}
