import type { Bench } from './bench.ts'
import type { Verdict } from './verdict.ts'

/** One question, put to every competitor that can answer it. */
export interface Trial {
  readonly name: string
  readonly summary: string
  /** Whether it asks mtlb alone. */
  readonly isAboutMtlb?: boolean
  run(bench: Bench): Promise<TrialResult>
}

export interface TrialResult {
  /** Rows of cells, the head first. */
  readonly table: readonly (readonly string[])[]
  readonly verdicts: readonly Verdict[]
  /** CPU per request of mtlb as a multiple of each competitor's; above 1, mtlb loses. */
  readonly ratios: Readonly<Record<string, number>>
  /** Every single reading, for whoever wants to look closer. */
  readonly readings: readonly object[]
}
