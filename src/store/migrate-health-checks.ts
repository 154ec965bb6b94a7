import type { Migration } from './migrations.ts'

/** Version 4 to 5. Nobody is checked who was not before. */
export const healthChecks: Migration = {
  summary: 'pools say how their endpoints are checked',
  run(database) {
    database.exec(`
      ALTER TABLE pool ADD COLUMN health TEXT NOT NULL DEFAULT 'off' CHECK (health IN ('off', 'tcp', 'http'));
      ALTER TABLE pool ADD COLUMN health_method TEXT NOT NULL DEFAULT 'GET' CHECK (health_method IN ('GET', 'HEAD'));
      ALTER TABLE pool ADD COLUMN health_path TEXT NOT NULL DEFAULT '/' CHECK (health_path GLOB '/*');
      ALTER TABLE pool ADD COLUMN health_host TEXT CHECK (length(health_host) BETWEEN 1 AND 253 AND health_host = lower(health_host));
      ALTER TABLE pool ADD COLUMN health_statuses TEXT NOT NULL DEFAULT '200-399';
      ALTER TABLE pool ADD COLUMN health_body TEXT CHECK (length(health_body) <= 200);
      ALTER TABLE pool ADD COLUMN health_interval_ms INTEGER NOT NULL DEFAULT 5000 CHECK (health_interval_ms BETWEEN 100 AND 604800000);
      ALTER TABLE pool ADD COLUMN health_down_interval_ms INTEGER CHECK (health_down_interval_ms BETWEEN 100 AND 604800000);
      ALTER TABLE pool ADD COLUMN health_timeout_ms INTEGER NOT NULL DEFAULT 2000 CHECK (health_timeout_ms BETWEEN 10 AND 604800000);
      ALTER TABLE pool ADD COLUMN rise INTEGER NOT NULL DEFAULT 2 CHECK (rise BETWEEN 1 AND 100);
      ALTER TABLE pool ADD COLUMN fall INTEGER NOT NULL DEFAULT 3 CHECK (fall BETWEEN 1 AND 100);
    `)
  },
}
