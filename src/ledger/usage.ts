import { addReasons } from './counts.ts'
import type { Counts } from './counts.ts'

/** What of one owner's numbers is kept for good. */
export interface Usage {
  /** Refused ones included. */
  requests: number
  rejected: number
  bytesIn: number
  bytesOut: number
  endpointTimeUs: number
  /** Refused requests by the code of the refusal. */
  readonly reasons: Map<string, number>
}

export function createUsage(): Usage {
  return { requests: 0, rejected: 0, bytesIn: 0, bytesOut: 0, endpointTimeUs: 0, reasons: new Map() }
}

export function addUsage(into: Usage, more: Usage): void {
  into.requests += more.requests
  into.rejected += more.rejected
  into.bytesIn += more.bytesIn
  into.bytesOut += more.bytesOut
  into.endpointTimeUs += more.endpointTimeUs
  addReasons(into.reasons, more.reasons)
}

export function usageOf({ classes, rejected, bytesIn, bytesOut, endpointTimeUs, reasons }: Counts): Usage {
  const requests = classes.reduce((sum, count) => sum + count, 0)
  return { requests, rejected, bytesIn, bytesOut, endpointTimeUs, reasons: new Map(reasons) }
}

/** Both together; either may be missing, and where both are so is the sum. */
export function sumUsage(usage: Usage | undefined, counts: Counts | undefined): Usage | undefined {
  if (counts === undefined) return usage
  const sum = usageOf(counts)
  if (usage !== undefined) addUsage(sum, usage)
  return sum
}

/** Text that `decodeUsage` reads back; empty for nothing. */
export function encodeUsage(usage: Usage | undefined): string {
  return usage === undefined ? '' : JSON.stringify({ ...usage, reasons: Object.fromEntries(usage.reasons) })
}

export function decodeUsage(text: string): Usage | undefined {
  if (text === '') return undefined
  const usage = JSON.parse(text) as Omit<Usage, 'reasons'> & { readonly reasons: Record<string, number> }
  return { ...usage, reasons: new Map(Object.entries(usage.reasons)) }
}
