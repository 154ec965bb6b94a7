import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { numberKind } from './integer.ts'

interface FactorOptions extends FieldOptions<number> {
  readonly minPercent: number
  readonly maxPercent: number
}

/** A multiple with two digits, `1.25`; kept in percent. */
export function factor<const Options extends FactorOptions>(options: Options) {
  return createField<number, Options>(options, createFactorKind(options.minPercent, options.maxPercent))
}

function createFactorKind(minPercent: number, maxPercent: number): FieldKind<number> {
  return {
    ...numberKind,
    kind: 'factor',
    valueName: 'factor',
    check: (column) => `${column} BETWEEN ${minPercent} AND ${maxPercent}`,
    parse(text, label) {
      const percent = /^\d{1,6}(?:\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : Number.NaN
      if (percent >= minPercent && percent <= maxPercent) return percent
      throw createMismatch(
        label,
        text,
        `a number from ${minPercent / 100} to ${maxPercent / 100}, with two decimals at most`,
      )
    },
    render: (percent) => String(percent / 100),
  }
}
