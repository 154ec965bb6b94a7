/** A proxy that is measured. Whatever its kind, it offers the same: one tenant, found and admitted by its key. */
export interface Competitor {
  readonly name: string
  /** What it does for each request, in a line. */
  readonly summary: string
  /** Whether it asks for a key at all; a bare one takes part only where none is needed. */
  readonly hasKeys: boolean
  readVersion(): string
  /** Starts it on a loopback port; `folder` is its own and empty. Answers once it accepts connections. */
  start(folder: string, originPort: number): Promise<RunningCompetitor>
}

export interface RunningCompetitor {
  readonly port: number
  /** The key of the tenant; empty when it asks for none. */
  readonly key: string
  /** Root of the process tree whose CPU time counts. */
  readonly pid: number
  /** Requests that its log lacks so far, where it may drop any: a figure without its log would flatter. */
  readDroppedRecords?(): number
}

/** The tenant's host name, which every request carries. */
export const tenantHost = 'api.acme.test'
