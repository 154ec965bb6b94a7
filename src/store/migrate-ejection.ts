import type { Migration } from './migrations.ts'

/** Version 5 to 6. */
export const ejection: Migration = {
  summary: 'pools say when an endpoint that fails is ejected, and for how long',
  run(database) {
    database.exec(`
      ALTER TABLE pool ADD COLUMN eject_after INTEGER NOT NULL DEFAULT 5 CHECK (eject_after BETWEEN 0 AND 10000);
      ALTER TABLE pool ADD COLUMN eject_time_ms INTEGER NOT NULL DEFAULT 10000 CHECK (eject_time_ms BETWEEN 1 AND 604800000);
      ALTER TABLE pool ADD COLUMN eject_max_time_ms INTEGER NOT NULL DEFAULT 300000 CHECK (eject_max_time_ms BETWEEN 1 AND 604800000);
    `)
  },
}
