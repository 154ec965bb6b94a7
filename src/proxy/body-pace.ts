/** What a body may lag behind its rate, and so how long it may stand still. */
const slackUs = 10_000_000

/**
 * When a body that is awaited will be late: each byte that comes buys it time at the rate that is asked for, up to the
 * slack. So over any ten seconds it must bring what it lags behind. 0 as the deadline so far begins anew.
 */
export function paceDeadlineUs(
  deadlineUs: number,
  nowUs: number,
  { bytes, bytesPerSecond }: { readonly bytes: number; readonly bytesPerSecond: number },
): number {
  const latestUs = nowUs + slackUs
  return deadlineUs === 0 ? latestUs : Math.min(latestUs, deadlineUs + (bytes * 1e6) / bytesPerSecond)
}
