import { tenant } from '../../model/tenant.ts'
import type { Problem } from '../../snapshot/tenant-snapshot.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Topic } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { createColumn } from '../print/column.ts'
import { escapeControls } from '../print/escape-controls.ts'

const summary = 'Find every problem of the configuration, without a server.'

export const check: Topic = {
  name: 'check',
  summary,
  commands: [
    {
      words: ['check'],
      summary,
      details: 'A server keeps what it had of a tenant with problems. Ends with 6 when there are any.',
      examples: [{ command: 'mtlb check' }, { command: 'mtlb check --json' }],
      run: (call) =>
        readConfiguration(call, async (store) => {
          const problems = await findProblems(store)
          printProblems(call, problems)
          return problems.length === 0 ? exitCodes.ok : exitCodes.problems
        }),
    },
  ],
}

// The mend is longer than a table has room for.
function printProblems({ print }: Call, problems: readonly TenantProblem[]): void {
  if (print.isJson || !print.out.isTerminal || problems.length === 0) {
    return print.rows(columns, problems, 'No problems.')
  }
  for (const { tenant: owner, table, row, message, hint } of problems) {
    const place = `${owner === '' ? '' : `tenant '${owner}', `}${table} '${row}'`
    print.line(escapeControls(`${place}: ${message}`))
    print.line(escapeControls(`  ${hint}`))
  }
}

interface TenantProblem extends Problem {
  /** Empty for listeners and settings. */
  readonly tenant: string
}

const columns = [
  createColumn('tenant', 'text', (problem: TenantProblem) => problem.tenant),
  createColumn('table', 'text', (problem: TenantProblem) => problem.table),
  createColumn('row', 'text', (problem: TenantProblem) => problem.row),
  createColumn('field', 'text', (problem: TenantProblem) => problem.field),
  createColumn('message', 'text', (problem: TenantProblem) => problem.message),
  createColumn('hint', 'text', (problem: TenantProblem) => problem.hint),
]

async function findProblems(store: Store): Promise<readonly TenantProblem[]> {
  const { compileGlobal } = await import('../../snapshot/compile-global.ts')
  const { compileTenant } = await import('../../snapshot/compile-tenant.ts')
  return store.read(() => {
    const tenants = store.list(tenant).flatMap(({ id, name }) => {
      const rows = store.readTenant(id)
      return rows === undefined ? [] : withTenant(name, compileTenant(rows))
    })
    return [...withTenant('', compileGlobal(store.readGlobal())), ...tenants]
  })
}

type Compiled = { readonly snapshot: unknown } | { readonly problems: readonly Problem[] }

function withTenant(name: string, compiled: Compiled): readonly TenantProblem[] {
  return 'problems' in compiled ? compiled.problems.map((problem) => ({ ...problem, tenant: name })) : []
}
