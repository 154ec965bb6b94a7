import { UserError } from '../../kit/user-error.ts'
import type { Call } from '../call.ts'
import type { Flag } from '../command.ts'
import type { Column } from './column.ts'
import { renderCsv } from './render-csv.ts'

export const csvFlag: Flag = { name: 'csv', summary: 'Print CSV with a header, for spreadsheets and accounting.' }

/** As `print.rows`, or as CSV where the command was called with --csv. Throws UserError('usage') for --csv and --json together. */
export function printRows<Row>(
  call: Call,
  columns: readonly Column<Row>[],
  { rows, emptyNote }: { readonly rows: readonly Row[]; readonly emptyNote: string },
): void {
  if (!isCsv(call)) return call.print.rows(columns, rows, emptyNote)
  call.print.out.write(renderCsv(columns, rows))
}

/** Throws UserError('usage') for --csv and --json together. */
export function isCsv(call: Call): boolean {
  if (call.flags.csv !== true) return false
  if (!call.print.isJson) return true
  throw new UserError('usage', '--csv and --json are two forms of one answer', 'Leave one out.')
}
