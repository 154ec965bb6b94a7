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

/**
 * A borderless table with a heading. When the terminal is too narrow, minor columns are left out from the right, then
 * the widest ones are cut.
 */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], look: TableLook): string {
  const drafts = columns.map((column) => draft(column, rows))
  const shown = leaveOutMinor(drafts, look.width)
  const widths = fitWidths(
    shown.map(({ width }) => width),
    look.width,
  )
  const table = new (loadTable())({
    chars: borderless,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths,
    colAligns: shown.map(({ column }) => (column.isRight ? 'right' : 'left')),
  })
  table.push(
    shown.map(({ heading }) => (look.hasColors ? styleText('bold', heading, noCheck) : heading)),
    ...rows.map((_, at) => shown.map(({ cells }) => cells[at])),
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

interface Draft<Row> {
  readonly column: Column<Row>
  readonly heading: string
  readonly cells: readonly string[]
  readonly width: number
}

function draft<Row>(column: Column<Row>, rows: readonly Row[]): Draft<Row> {
  const heading = column.title.toUpperCase()
  const cells = rows.map((row) => humanText(column, row))
  return { column, heading, cells, width: Math.max(textWidth(heading), ...cells.map(textWidth)) }
}

function leaveOutMinor<Row>(drafts: readonly Draft<Row>[], width: number): readonly Draft<Row>[] {
  const minor = drafts.findLastIndex(({ column }) => column.isMinor)
  const isTooWide = tableWidth(drafts.map((each) => each.width)) > width
  return minor !== -1 && isTooWide ? leaveOutMinor(drafts.toSpliced(minor, 1), width) : drafts
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + gap * (widths.length - 1)
}

function fitWidths(natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  let excess = tableWidth(widths) - width
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
