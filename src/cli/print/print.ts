import type { Output } from '../surroundings.ts'
import type { Column } from './column.ts'
import { encodeJson } from './encode-json.ts'
import { escapeControls } from './escape-controls.ts'
import { renderRecord, renderTable } from './print-table.ts'

export interface PrintOptions {
  readonly out: Output
  readonly err: Output
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly hasColors: boolean
}

export type Printer = ReturnType<typeof createPrinter>

/** Data goes to stdout as a table, as TSV or as JSON; all else goes to stderr. */
export function createPrinter(options: PrintOptions) {
  const { out, err, isJson, isQuiet, hasColors } = options
  return {
    isJson,
    isQuiet,
    hasColors,
    out,

    /** Many rows; `emptyNote` tells people what to do when there are none. */
    rows<Row>(columns: readonly Column<Row>[], rows: readonly Row[], emptyNote?: string): void {
      if (isJson) return out.write(renderJson(rows.map((row) => jsonObject(columns, row))))
      const shown = columns.filter((column) => !column.isDetail)
      if (!out.isTerminal) return out.write(renderTsv(shown, rows))
      if (rows.length > 0) return out.write(renderTable(shown, rows, { width: out.width, hasColors }))
      if (emptyNote !== undefined && !isQuiet) err.write(`${emptyNote}\n`)
    },

    /** One row with all its columns, one per line. */
    record<Row>(columns: readonly Column<Row>[], row: Row): void {
      if (isJson) return out.write(renderJson(jsonObject(columns, row)))
      if (out.isTerminal) return out.write(renderRecord(columns, row, hasColors))
      out.write(columns.map((column) => `${column.key}\t${tsvCell(column, row)}\n`).join(''))
    },

    json(value: unknown): void {
      out.write(renderJson(value))
    },

    /** A line of data, as it is. */
    line(text: string): void {
      out.write(`${text}\n`)
    },

    /** A word to the operator: stderr, silenced by `--quiet`. */
    note(text: string): void {
      if (!isQuiet) err.write(`${escapeControls(text)}\n`)
    },

    /** Heard with `--quiet` too. */
    warn(text: string): void {
      err.write(`${escapeControls(text)}\n`)
    },
  }
}

/** One row of TSV, without the line feed. */
export function renderTsvRow<Row>(columns: readonly Column<Row>[], row: Row): string {
  return columns.map((column) => tsvCell(column, row)).join('\t')
}

/** A row as `--json` has it: stable keys in the order of the columns. */
export function jsonObject<Row>(columns: readonly Column<Row>[], row: Row): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column.key, column.json(row)]))
}

function renderTsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return rows.map((row) => `${renderTsvRow(columns, row)}\n`).join('')
}

function tsvCell<Row>(column: Column<Row>, row: Row): string {
  return escapeControls(column.raw(row))
}

function renderJson(value: unknown): string {
  return `${encodeJson(value, 2)}\n`
}
