import type { FoundProblem } from '../../config/find-problems.ts'
import { tenant } from '../../model/tenant.ts'
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
          const { findProblems } = await import('../../config/find-problems.ts')
          const problems = findProblems(store, { tenants: store.list(tenant).map(({ name }) => name), plans: [] })
          printProblems(call, problems)
          return problems.length === 0 ? exitCodes.ok : exitCodes.problems
        }),
    },
  ],
}

// The mend is longer than a table has room for.
function printProblems({ print }: Call, problems: readonly FoundProblem[]): void {
  if (print.isJson || !print.out.isTerminal || problems.length === 0) {
    return print.rows(columns, problems, 'No problems.')
  }
  for (const { tenant: owner, table, row, message, hint } of problems) {
    const place = `${owner === '' ? '' : `tenant '${owner}', `}${table} '${row}'`
    print.line(escapeControls(`${place}: ${message}`))
    print.line(escapeControls(`  ${hint}`))
  }
}

const columns = [
  createColumn('tenant', 'text', (problem: FoundProblem) => problem.tenant),
  createColumn('table', 'text', (problem: FoundProblem) => problem.table),
  createColumn('row', 'text', (problem: FoundProblem) => problem.row),
  createColumn('field', 'text', (problem: FoundProblem) => problem.field),
  createColumn('message', 'text', (problem: FoundProblem) => problem.message),
  createColumn('hint', 'text', (problem: FoundProblem) => problem.hint),
]
