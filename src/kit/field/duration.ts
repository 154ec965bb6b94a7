import { parseDuration, renderDuration } from '../units.ts'
import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { numberKind } from './integer.ts'

interface DurationOptions extends FieldOptions<number> {
  readonly minMs?: number
  readonly maxMs?: number
}

const weekMs = 604_800_000

/** Milliseconds, written with a unit: `5s`, `250ms`, `15m`. */
export function duration<const Options extends DurationOptions>(options: Options) {
  const { minMs = 1, maxMs = weekMs } = options
  return createField<number, Options>(options, createDurationKind(minMs, maxMs))
}

function createDurationKind(minMs: number, maxMs: number): FieldKind<number> {
  const expected = `a duration from ${renderDuration(minMs)} to ${renderDuration(maxMs)}`
  return {
    ...numberKind,
    kind: 'duration',
    valueName: 'duration',
    check: (column) => `${column} BETWEEN ${minMs} AND ${maxMs}`,
    parse(text, label) {
      const ms = parseDuration(text)
      if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
      const isBare = /^\d+$/.test(text)
      throw createMismatch(label, text, expected, isBare ? `Say the unit: '${text}s' or '${text}ms'.` : undefined)
    },
    render: renderDuration,
  }
}
