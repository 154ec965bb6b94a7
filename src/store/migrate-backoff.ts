import type { Migration } from './migrations.ts'

/** Version 9 to 10. */
export const backoff: Migration = {
  summary: 'retries back off, and requests that are late may be hedged',
  run(database) {
    database.exec(`
      ALTER TABLE route ADD COLUMN retry_backoff_ms INTEGER NOT NULL DEFAULT 25 CHECK (retry_backoff_ms BETWEEN 1 AND 604800000);
      ALTER TABLE route ADD COLUMN hedge INTEGER NOT NULL DEFAULT 0 CHECK (hedge IN (0, 1));
    `)
  },
}
