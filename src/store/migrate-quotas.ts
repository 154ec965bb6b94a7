import type { Migration } from './migrations.ts'

/** Version 15 to 16. Nobody has a quota, and days are those of UTC. */
export const quotas: Migration = {
  summary: 'limits and plans have quotas, tenants a time zone',
  run(database) {
    database.exec(`
      ALTER TABLE "limit" ADD COLUMN quotas TEXT NOT NULL DEFAULT '';
      ALTER TABLE plan ADD COLUMN quotas TEXT NOT NULL DEFAULT '';
      ALTER TABLE tenant ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC' CHECK (length(time_zone) BETWEEN 1 AND 64);
      DROP TRIGGER tenant_update;
      CREATE TRIGGER tenant_update AFTER UPDATE OF name, state, note, breaker, breaker_errors_percent, breaker_slow_percent, breaker_slow_after_ms, breaker_min_requests, breaker_window_ms, breaker_open_ms, plan, time_zone ON tenant BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id = NEW.id; END;
    `)
  },
}
