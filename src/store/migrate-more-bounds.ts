import type { Migration } from './migrations.ts'

/** Version 17 to 18. */
export const moreBounds: Migration = {
  summary: 'limits bound the bandwidth of each connection and the length of bodies, and plans bandwidth as well',
  run(database) {
    database.exec(`
      ALTER TABLE "limit" ADD COLUMN connection_bandwidth_bytes INTEGER CHECK (connection_bandwidth_bytes BETWEEN 1000 AND 1000000000000);
      ALTER TABLE plan ADD COLUMN bandwidth_bytes INTEGER CHECK (bandwidth_bytes BETWEEN 1000 AND 1000000000000);
      ALTER TABLE plan ADD COLUMN connection_bandwidth_bytes INTEGER CHECK (connection_bandwidth_bytes BETWEEN 1000 AND 1000000000000);
      ALTER TABLE "limit" ADD COLUMN max_body_bytes INTEGER CHECK (max_body_bytes >= 0);
      ALTER TABLE plan ADD COLUMN max_body_bytes INTEGER CHECK (max_body_bytes >= 0);
    `)
  },
}
