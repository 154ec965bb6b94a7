import { sealAudit } from './audit-chain.ts'
import type { Migration } from './migrations.ts'
import { rebuildTable } from './rebuild-table.ts'
import { auditSealTable } from './render-schema.ts'
import { Tables } from './tables.ts'

/** Version 19 to 20. What the trail says by then is sealed as it is. */
export const auditSeals: Migration = {
  summary: 'rows of the audit trail are sealed, and may be erased',
  run(database) {
    rebuildTable(database, 'audit', {
      declare: (sql) => sql.replace("('add', 'set', 'remove')", "('add', 'set', 'remove', 'erase')"),
    })
    database.exec(auditSealTable)
    const tables = new Tables(database)
    const ids = database.prepare('SELECT id FROM audit ORDER BY id').pluck().all() as number[]
    for (const id of ids) sealAudit(tables, id)
  },
}
