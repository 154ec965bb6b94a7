import type { Migration } from './migrations.ts'

/** Version 20 to 21. */
export const adaptive: Migration = {
  summary: 'pools find out how many requests they take at once',
  run(database) {
    database.exec('ALTER TABLE pool ADD COLUMN adaptive INTEGER NOT NULL DEFAULT 0 CHECK (adaptive IN (0, 1));')
  },
}
