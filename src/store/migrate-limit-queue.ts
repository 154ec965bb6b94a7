import type { Migration } from './migrations.ts'
import { rebuildTable } from './rebuild-table.ts'

/** Version 14 to 15. */
export const limitQueue: Migration = {
  summary: 'limits may let requests wait',
  run(database) {
    rebuildTable(database, 'limit', {
      declare: (sql) => sql.replace("on_exceed IN ('reject', 'shadow')", "on_exceed IN ('reject', 'queue', 'shadow')"),
    })
    database.exec(
      'ALTER TABLE "limit" ADD COLUMN max_wait_ms INTEGER NOT NULL DEFAULT 1000 CHECK (max_wait_ms BETWEEN 1 AND 604800000)',
    )
  },
}
