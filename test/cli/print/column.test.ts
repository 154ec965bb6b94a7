import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cell, CellKind } from '../../../src/cli/print/column.ts'
import { createColumn } from '../../../src/cli/print/column.ts'

interface Look {
  readonly human: string
  readonly raw: string
  readonly json: unknown
}

const cases: readonly (readonly [kind: CellKind, value: Cell, look: Look])[] = [
  ['text', 'web', { human: 'web', raw: 'web', json: 'web' }],
  ['text', '', { human: '', raw: '', json: '' }],
  ['text', undefined, { human: '', raw: '', json: null }],
  ['number', 1_234_567, { human: '1,234,567', raw: '1234567', json: 1_234_567 }],
  ['number', 0, { human: '0', raw: '0', json: 0 }],
  ['number', 1234.5, { human: '1,234.5', raw: '1234.5', json: 1234.5 }],
  ['boolean', true, { human: 'yes', raw: 'true', json: true }],
  ['boolean', false, { human: 'no', raw: 'false', json: false }],
  ['bytes', 999, { human: '999 B', raw: '999', json: 999 }],
  ['bytes', 1_500, { human: '1.5 kB', raw: '1500', json: 1_500 }],
  ['bytes', 123_456_789, { human: '123 MB', raw: '123456789', json: 123_456_789 }],
  ['bytes', 999_999, { human: '1 MB', raw: '999999', json: 999_999 }],
  ['duration', 60_000, { human: '1m', raw: '60000', json: 60_000 }],
  ['duration', 2_655_485_158, { human: '30d 18h', raw: '2655485158', json: 2_655_485_158 }],
  ['duration', 63_485_279.4, { human: '17h 38m', raw: '63485279.4', json: 63_485_279.4 }],
  ['duration', 3_599_700, { human: '60m', raw: '3599700', json: 3_599_700 }],
  ['duration', 1_500, { human: '1500ms', raw: '1500', json: 1_500 }],
  ['duration', 0.4567, { human: '0.457ms', raw: '0.4567', json: 0.4567 }],
  ['duration', 123.4, { human: '123ms', raw: '123.4', json: 123.4 }],
  [
    'time',
    Date.UTC(2026, 10, 20, 12),
    { human: '2026-11-20 12:00:00Z', raw: '2026-11-20T12:00:00.000Z', json: '2026-11-20T12:00:00.000Z' },
  ],
  ['time', 0, { human: '', raw: '', json: null }],
  ['list', ['GET', 'POST'], { human: 'GET,POST', raw: 'GET,POST', json: ['GET', 'POST'] }],
  ['list', [], { human: '', raw: '', json: [] }],
]

for (const [kind, value, look] of cases) {
  test(`${kind} ${JSON.stringify(value)} is '${look.human}' for people and '${look.raw}' in a pipe`, () => {
    const column = createColumn('key', kind, () => value)
    assert.deepEqual({ human: column.human({}), raw: column.raw({}), json: column.json({}) }, look)
  })
}
