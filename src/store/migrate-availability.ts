import type { Migration } from './migrations.ts'

/** Version 3 to 4. What there was goes on as it did: every endpoint is enabled, of the first group and in no zone. */
export const availability: Migration = {
  summary: 'endpoints have a state, a priority and a zone, pools say when others take over',
  run(database) {
    database.exec(`
      ALTER TABLE endpoint ADD COLUMN state TEXT NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'draining', 'disabled'));
      ALTER TABLE endpoint ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 15);
      ALTER TABLE endpoint ADD COLUMN backup INTEGER NOT NULL DEFAULT 0 CHECK (backup IN (0, 1));
      ALTER TABLE endpoint ADD COLUMN zone TEXT CHECK (length(zone) BETWEEN 1 AND 63 AND zone NOT GLOB '*[^a-z0-9._-]*');
      ALTER TABLE pool ADD COLUMN slow_start_ms INTEGER NOT NULL DEFAULT 0 CHECK (slow_start_ms BETWEEN 0 AND 604800000);
      ALTER TABLE pool ADD COLUMN spill_below_percent INTEGER NOT NULL DEFAULT 70 CHECK (spill_below_percent BETWEEN 0 AND 100);
      ALTER TABLE pool ADD COLUMN panic_below_percent INTEGER NOT NULL DEFAULT 0 CHECK (panic_below_percent BETWEEN 0 AND 100);
    `)
  },
}
