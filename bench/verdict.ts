/** A figure beside the bound that was set for it. */
export interface Verdict {
  readonly what: string
  readonly value: number
  /** Of value and bound; empty for a ratio. */
  readonly unit: string
  readonly bound: number
  readonly sense: 'at most' | 'at least'
}

export function isMet({ value, bound, sense }: Verdict): boolean {
  return sense === 'at most' ? value <= bound : value >= bound
}

/** `MISSED: p99, mtlb : nginx is 1.62, at most 1.5`. */
export function renderVerdict(verdict: Verdict): string {
  const { what, sense } = verdict
  return `${isMet(verdict) ? 'met' : 'MISSED'}: ${what} is ${renderValue(verdict)}, ${sense} ${renderBound(verdict)}`
}

/** With three digits that count. */
export function renderValue({ value, unit }: Verdict): string {
  return withUnit(value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2), unit)
}

export function renderBound({ bound, unit }: Verdict): string {
  return withUnit(String(bound), unit)
}

function withUnit(text: string, unit: string): string {
  return unit === '' ? text : `${text} ${unit}`
}
