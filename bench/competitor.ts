import type { Tenant } from './tenants.ts'
import type { ToolName } from './tools.ts'

/** A proxy that is measured. */
export interface Competitor {
  readonly name: string
  /** What it does for each request, in a line. */
  readonly summary: string
  /** Whether it knows tenants, with all that belongs to them; a bare one relays whatever comes. */
  readonly hasKeys: boolean
  /** Trials that it fails for reasons of its own, and which. */
  readonly cannot?: Readonly<Record<string, string>>
  /** What has to be on the machine. */
  readonly needs: readonly ToolName[]
  readVersion(): string
  /** Starts it on a loopback port; `folder` is its own and empty. Answers once the last tenant is served. */
  start(folder: string, originPort: number, tenants: readonly Tenant[]): Promise<RunningCompetitor>
}

export interface RunningCompetitor {
  readonly port: number
  /** Root of the process tree whose CPU time counts. */
  readonly pid: number
  /** From the start of the process until it served. */
  readonly startMs: number
  stop(): Promise<void>
  /** Requests that its log lacks so far, where it may drop any: a figure without its log would flatter. */
  readDroppedRecords?(): number
}
