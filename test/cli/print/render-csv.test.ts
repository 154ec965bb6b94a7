import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createColumn } from '../../../src/cli/print/column.ts'
import { renderCsv } from '../../../src/cli/print/render-csv.ts'

test('cells are quoted where they must be, and none is a formula to a spreadsheet', () => {
  const columns = [
    createColumn('name', 'text', ({ name }: { name: string; count: number }) => name),
    createColumn('count', 'number', ({ count }: { name: string; count: number }) => count),
  ]
  const rows = ['plain', 'a,b', 'say "hi"', 'two\nlines', '=1+1', '+49', '@SUM(A1)', '-x', '-5'].map((name) => ({
    name,
    count: -5,
  }))
  assert.deepEqual(renderCsv(columns, rows).split('\r\n'), [
    'name,count',
    'plain,-5',
    '"a,b",-5',
    '"say ""hi""",-5',
    '"two\nlines",-5',
    "'=1+1,-5",
    "'+49,-5",
    "'@SUM(A1),-5",
    "'-x,-5",
    '-5,-5',
    '',
  ])
})
