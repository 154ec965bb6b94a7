import type { Migration } from './migrations.ts'

/** Version 7 to 8. */
export const bounds: Migration = {
  summary: 'endpoints and pools say how many requests they take at once, and pools how many wait',
  run(database) {
    database.exec(`
      ALTER TABLE endpoint ADD COLUMN max_connections INTEGER NOT NULL DEFAULT 0 CHECK (max_connections BETWEEN 0 AND 1000000);
      ALTER TABLE pool ADD COLUMN max_in_flight INTEGER NOT NULL DEFAULT 0 CHECK (max_in_flight BETWEEN 0 AND 1000000);
      ALTER TABLE pool ADD COLUMN queue INTEGER NOT NULL DEFAULT 0 CHECK (queue BETWEEN 0 AND 10000);
      ALTER TABLE pool ADD COLUMN queue_timeout_ms INTEGER NOT NULL DEFAULT 2000 CHECK (queue_timeout_ms BETWEEN 10 AND 604800000);
    `)
  },
}
