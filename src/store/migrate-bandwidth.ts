import type { Migration } from './migrations.ts'

/** Version 13 to 14. */
export const bandwidth: Migration = {
  summary: 'limits bound bandwidth as well',
  run(database) {
    database.exec(
      'ALTER TABLE "limit" ADD COLUMN bandwidth_bytes INTEGER CHECK (bandwidth_bytes BETWEEN 1000 AND 1000000000000)',
    )
  },
}
