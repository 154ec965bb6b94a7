import type { Migration } from './migrations.ts'

const mode = (column: string) =>
  `ADD COLUMN ${column} TEXT NOT NULL DEFAULT 'enforce' CHECK (${column} IN ('enforce', 'shadow', 'off'))`

/** Version 21 to 22. */
export const modes: Migration = {
  summary: 'rules that refuse have modes',
  run(database) {
    database.exec(`
      ALTER TABLE ip_rule ${mode('mode')};
      ALTER TABLE "limit" ${mode('mode')};
      ALTER TABLE route ${mode('auth_mode')};
      ALTER TABLE route ${mode('max_body_mode')};
      ALTER TABLE pool ${mode('breaker_mode')};
      ALTER TABLE tenant ${mode('breaker_mode')};
      DROP TRIGGER tenant_update;
      CREATE TRIGGER tenant_update AFTER UPDATE OF name, state, note, breaker, breaker_errors_percent, breaker_slow_percent, breaker_slow_after_ms, breaker_min_requests, breaker_window_ms, breaker_open_ms, plan, time_zone, weight, guarantee, grants, breaker_mode ON tenant BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id = NEW.id; END;
    `)
  },
}
