import type { Migration } from './migrations.ts'

/** Version 16 to 17. Nothing has a price. */
export const prices: Migration = {
  summary: 'there is a price book',
  run(database) {
    database.exec(`
      CREATE TABLE price (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL CHECK (name GLOB '[a-z]*@[1-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'),
        tiers TEXT NOT NULL,
        UNIQUE (name)
      ) STRICT;
      CREATE TRIGGER price_insert AFTER INSERT ON price BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global'; END;
      CREATE TRIGGER price_update AFTER UPDATE ON price BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global'; END;
      CREATE TRIGGER price_delete AFTER DELETE ON price BEGIN UPDATE revision SET value = value + 1 WHERE name = 'latest'; UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global'; END;
    `)
  },
}
