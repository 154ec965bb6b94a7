import type { Migration } from './migrations.ts'

/** Version 6 to 7. */
export const retries: Migration = {
  summary: 'routes say what another attempt follows, and pools how many they allow',
  run(database) {
    database.exec(`
      ALTER TABLE route ADD COLUMN attempts INTEGER NOT NULL DEFAULT 3 CHECK (attempts BETWEEN 1 AND 10);
      ALTER TABLE route ADD COLUMN retry_on TEXT NOT NULL DEFAULT 'connect,reset';
      ALTER TABLE route ADD COLUMN retry_non_idempotent INTEGER NOT NULL DEFAULT 0 CHECK (retry_non_idempotent IN (0, 1));
      ALTER TABLE pool ADD COLUMN retry_budget_percent INTEGER NOT NULL DEFAULT 20 CHECK (retry_budget_percent BETWEEN 0 AND 100);
    `)
  },
}
