import type { Migration } from './migrations.ts'

/** Version 22 to 23. */
export const splits: Migration = {
  summary: 'routes split over pools',
  run(database) {
    database.exec(`
      ALTER TABLE route ADD COLUMN split TEXT NOT NULL DEFAULT '';
      ALTER TABLE route ADD COLUMN split_on TEXT NOT NULL DEFAULT 'request' CHECK (length(split_on) > 0);
      ALTER TABLE route ADD COLUMN split_header TEXT CHECK (split_header GLOB '?*=?*');
    `)
  },
}
