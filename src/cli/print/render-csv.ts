import type { Column } from './column.ts'

/** RFC 4180, with a header of the columns' keys; raw values as in a pipe. */
export function renderCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ key }) => key), ...rows.map((row) => columns.map((column) => column.raw(row)))]
  return lines.map((cells) => `${cells.map(quoteCell).join(',')}\r\n`).join('')
}

/** A spreadsheet takes a cell that begins so for a formula: names are what tenants and clients chose. */
const formula = /^[=+@\t\r]|^-(?!\d)/

function quoteCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
