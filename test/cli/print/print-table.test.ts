import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createColumn } from '../../../src/cli/print/column.ts'
import { renderRecord, renderTable } from '../../../src/cli/print/print-table.ts'

interface Row {
  readonly name: string
  readonly note: string
  readonly size: number
}

const columns = [
  createColumn('name', 'text', (row: Row) => row.name),
  createColumn('free_text', 'text', (row: Row) => row.note),
  createColumn('size', 'number', (row: Row) => row.size),
]

const rows: readonly Row[] = [
  { name: 'a', note: 'x'.repeat(60), size: 5 },
  { name: '東京', note: '', size: 12_345 },
]

test('a table is as wide as it must be, numbers stand on the right', () => {
  const lines = renderTable(columns, rows, { width: 200, hasColors: false }).split('\n')
  assert.deepEqual(lines, [
    `NAME  FREE TEXT${' '.repeat(55)}SIZE`,
    `a     ${'x'.repeat(60)}       5`,
    `東京  -${' '.repeat(61)}12,345`,
    '',
  ])
})

test('minor columns go first in a narrow window, from the right', () => {
  const minor = { isMinor: true }
  const some = [
    createColumn('name', 'text', (row: Row) => row.name),
    createColumn('size', 'number', (row: Row) => row.size, minor),
    createColumn('twice', 'number', (row: Row) => 2 * row.size, minor),
    createColumn('id', 'text', () => 'x'.repeat(20)),
  ]
  const heading = (width: number) => renderTable(some, rows, { width, hasColors: false }).split('\n')[0]
  assert.match(heading(60), /^NAME +SIZE +TWICE +ID$/)
  assert.match(heading(36), /^NAME +SIZE +ID$/)
  assert.match(heading(26), /^NAME +ID$/)
  assert.match(heading(20), /^NAME +ID$/)
})

test('the widest column gives way in a narrow window', () => {
  const lines = renderTable(columns, rows, { width: 40, hasColors: false }).trimEnd().split('\n')
  assert.ok(
    lines.every((line) => line.length <= 40),
    lines.join('\n'),
  )
  assert.match(lines[1], /^a {5}x+… +5$/)
})

test('headings are bold only where colours are wanted', () => {
  assert.ok(renderTable(columns, rows, { width: 80, hasColors: true }).startsWith('\u001b[1mNAME\u001b[22m'))
  assert.ok(!renderTable(columns, rows, { width: 80, hasColors: false }).includes('\u001b'))
})

test('control characters of a value never reach the terminal', () => {
  const evil = { name: '\u001b[2J\u0007', note: 'a\nb', size: 1 }
  assert.doesNotMatch(renderTable(columns, [evil], { width: 80, hasColors: false }), /[\u0000-\u0009\u000b-\u001f]/)
  assert.equal(
    renderRecord(columns, evil, false),
    String.raw`name       \x1b[2J\x07
free text  a\nb
size       1
`,
  )
})
