/** How an endpoint did, compared with the others of its pool. */
export interface Outlier {
  readonly index: number
  /** For people. */
  readonly reason: string
}

interface Sample {
  readonly done: number
  readonly failed: number
}

/**
 * Endpoints whose success rate is more than `deviation` standard deviations below the mean, as Envoy has it ("outlier detection",
 * success rate). Only those that had `minRequests` are compared, and at least `fewest` of them.
 */
export function findOutliers(
  samples: readonly Sample[],
  {
    minRequests,
    deviation,
    fewest,
  }: { readonly minRequests: number; readonly deviation: number; readonly fewest: number },
): Outlier[] {
  const compared = samples.flatMap(({ done, failed }, index) =>
    done < minRequests ? [] : [{ index, rate: (done - failed) / done }],
  )
  if (compared.length < fewest) return []
  const mean = compared.reduce((sum, { rate }) => sum + rate, 0) / compared.length
  const variance = compared.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / compared.length
  const least = mean - deviation * Math.sqrt(variance)
  return compared
    .filter(({ rate }) => rate < least)
    .map(({ index, rate }) => ({
      index,
      reason: `${toPercent(rate)} of its requests succeeded, ${toPercent(mean)} on average, less than ${toPercent(least)} stands out`,
    }))
}

function toPercent(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}
