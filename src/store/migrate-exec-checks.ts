import type { Migration } from './migrations.ts'
import { rebuildTable } from './rebuild-table.ts'

/** Version 10 to 11. */
export const execChecks: Migration = {
  summary: 'health checks may run commands, send headers and look into JSON',
  run(database) {
    rebuildTable(database, 'pool', {
      declare: (sql) => sql.replace("health IN ('off', 'tcp', 'http')", "health IN ('off', 'tcp', 'http', 'exec')"),
    })
    database.exec(`
      ALTER TABLE pool ADD COLUMN health_headers TEXT NOT NULL DEFAULT '';
      ALTER TABLE pool ADD COLUMN health_json TEXT CHECK (health_json LIKE '_%=_%' AND length(health_json) <= 200);
      ALTER TABLE pool ADD COLUMN health_command TEXT CHECK (length(health_command) <= 1000);
    `)
  },
}
