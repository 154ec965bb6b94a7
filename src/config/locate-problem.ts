import { tenant } from '../model/tenant.ts'
import type { FoundProblem } from './find-problems.ts'
import type { Item } from './item.ts'
import type { Mistake } from './parse-document.ts'

/** Where in the document it is: the field, else the row, else the tenant; line 0 for what the document does not have. */
export function locateProblem(items: readonly Item[], problem: FoundProblem): Mistake {
  const { message, hint, field } = problem
  const item = findItem(items, problem)
  const text = `${message}. ${hint}`
  if (item?.place === undefined) {
    const owner = problem.tenant === '' ? '' : `tenant '${problem.tenant}', `
    return { line: 0, path: `${owner}${problem.table} '${problem.row}'`, message: text }
  }
  const { line, path, fieldLines } = item.place
  const fieldLine = fieldLines.get(field)
  if (fieldLine === undefined) return { line, path, message: text }
  return { line: fieldLine, path: `${path}.${field.replaceAll('_', '-')}`, message: text }
}

function findItem(items: readonly Item[], { tenant: owner, table, row }: FoundProblem): Item | undefined {
  if (owner === '') return items.find(({ entity, name }) => entity.table === table && name === row)
  const top = items.find(({ entity, name }) => entity === tenant && name === owner)
  const below = top === undefined ? [] : [top, ...top.children, ...top.children.flatMap(({ children }) => children)]
  return below.find(({ entity, name }) => entity.table === table && name === row) ?? top
}
