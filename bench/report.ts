import type { TrialResult } from './trial.ts'
import { renderVerdict } from './verdict.ts'

/** All that a run found out, as it is kept in bench/results/. */
export interface Report {
  readonly startedAt: string
  readonly command: string
  readonly rounds: number
  readonly seconds: number
  readonly machine: Readonly<Record<string, string>>
  readonly competitors: readonly DescribedCompetitor[]
  readonly trials: readonly NamedResult[]
  /** What is missing in the results, and why. */
  readonly failures: readonly string[]
}

export interface DescribedCompetitor {
  readonly name: string
  readonly summary: string
  readonly version: string
}

export interface NamedResult extends TrialResult {
  readonly name: string
  readonly summary: string
}

/** For the terminal. */
export function renderResult({ name, summary, table, verdicts }: NamedResult): string {
  const lines = [`${name}: ${summary}`, renderTable(table), ...verdicts.map(renderVerdict)]
  return lines.join('\n  ').replaceAll('`', '')
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const renderRow = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ')
  return rows.map(renderRow).join('\n  ')
}
