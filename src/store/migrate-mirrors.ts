import type { Migration } from './migrations.ts'

/** Version 24 to 25. */
export const mirrors: Migration = {
  summary: 'routes mirror requests to a pool',
  run(database) {
    database.exec('ALTER TABLE route ADD COLUMN mirror TEXT CHECK (length(mirror) BETWEEN 1 AND 80);')
  },
}
