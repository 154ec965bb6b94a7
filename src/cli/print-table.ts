import { createRequire } from 'node:module'
import { stripVTControlCharacters, styleText } from 'node:util'
import type { Column } from './column.ts'
import { escapeControls } from './escape-controls.ts'

export interface TableLook {
  /** Columns of the terminal. */
  readonly width: number
  readonly hasColors: boolean
}

const gap = 2
const narrowest = 8

/** A borderless table with a heading; the widest columns give way when the terminal is too narrow. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], look: TableLook): string {
  const headings = columns.map((column) => column.title.toUpperCase())
  const cells = rows.map((row) => columns.map((column) => humanText(column, row)))
  const widths = fitWidths(
    headings.map((title, at) => Math.max(textWidth(title), ...cells.map((line) => textWidth(line[at])))),
    look.width,
  )
  const table = new (loadTable())({
    chars: borderless,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths,
    colAligns: columns.map((column) => (column.isRight ? 'right' : 'left')),
  })
  table.push(
    headings.map((title) => (look.hasColors ? styleText('bold', title, noCheck) : title)),
    ...cells,
  )
  return `${table.toString().split('\n').map(trimEnd).join('\n')}\n`
}

/** One `name  value` line per column. */
export function renderRecord<Row>(columns: readonly Column<Row>[], row: Row, hasColors: boolean): string {
  const labels = columns.map((column) => column.title)
  const width = Math.max(0, ...labels.map(textWidth)) + gap
  return columns
    .map((column, at) => {
      const label = labels[at].padEnd(width)
      return `${hasColors ? styleText('bold', label, noCheck) : label}${humanText(column, row)}`.trimEnd()
    })
    .map((line) => `${line}\n`)
    .join('')
}

const noCheck = { validateStream: false }

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(gap),
}

// CommonJS and only needed on a terminal.
function loadTable(): typeof import('cli-table3') {
  return createRequire(import.meta.url)('cli-table3')
}

function humanText<Row>(column: Column<Row>, row: Row): string {
  return escapeControls(column.human(row) || '-')
}

function fitWidths(natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap * (widths.length - 1) - width
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    if (widths[widest] <= narrowest) break
    widths[widest] -= 1
    excess -= 1
  }
  return widths
}

/** Columns on a terminal; wide East Asian characters and emoji take two. */
function textWidth(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1
  return width
}

function isWide(code: number): boolean {
  return (
    code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xffdc) || (code >= 0x1f300 && code <= 0x3fffd))
  )
}

function trimEnd(line: string): string {
  return line.trimEnd()
}
