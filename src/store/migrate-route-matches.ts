import type { Migration } from './migrations.ts'

/** Version 23 to 24. */
export const routeMatches: Migration = {
  summary: 'routes match on headers, cookies, query and expressions for paths',
  run(database) {
    database.exec(`
      ALTER TABLE route ADD COLUMN "match" TEXT NOT NULL DEFAULT '';
      ALTER TABLE route ADD COLUMN path_regex TEXT CHECK (length(path_regex) BETWEEN 1 AND 200);
    `)
  },
}
