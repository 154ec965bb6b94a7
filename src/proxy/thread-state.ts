import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Sweeper } from '../kit/sweeper.ts'
import type { GrantWriter } from '../limit/quota.ts'
import type { RingWriter } from '../slab/ring.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import type { Slab } from '../slab/slab.ts'
import type { Suspicion } from '../slab/suspicion.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { EndpointRegistry } from '../upstream/endpoint-registry.ts'
import type { UpstreamThread } from '../upstream/transport.ts'
import type { WriteThread } from '../wire/socket-writer.ts'
import type { StuckSockets } from '../wire/stuck-sockets.ts'
import type { ConnectionLease } from './connection-lease.ts'
import type { KeptBytes } from './kept-body.ts'
import type { LimitRuntime } from './limit-runtime.ts'
import type { PoolQueues } from './pool-queues.ts'
import type { TenantTable } from './tenant-table.ts'
import type { TurnAway } from './turn-away.ts'

/** A client's connection, as its thread sees it. */
export interface Connected {
  /** An exchange is under way, or its answer is not out yet. */
  readonly isBusy: boolean
  /** Whose exchange is under way; 0: nobody's. */
  readonly tenantId: number
  readonly lease: ConnectionLease
  /** The settings are new. What is waited for may take as long as if they had been in force before. */
  onSettings(before: GlobalSnapshot): void
  /** A drain asks it to end after what it is doing. */
  drain(): void
  /** Ends now, whatever is under way; its record is written before this returns. */
  abandon(): void
}

/** What all exchanges of one data thread share. */
export interface ThreadState extends WriteThread {
  readonly clock: Clock
  readonly log: Log
  readonly slab: Slab
  /** Index of this thread's columns in the slab. */
  readonly thread: number
  readonly ring: RingWriter
  readonly sweeper: Sweeper
  readonly upstream: UpstreamThread
  readonly endpoints: EndpointRegistry
  readonly tenants: TenantTable
  /** Where every socket reads into: a read is handled whole before the next one begins. */
  readonly readBuffer: Buffer
  readonly turnAway: TurnAway
  /** Of quotas. */
  readonly grants: GrantWriter
  readonly queues: PoolQueues
  /** Of request bodies. */
  readonly keptBytes: KeptBytes
  /** Copies of requests that are under way. */
  readonly mirrors: { count: number }
  /** Says to the main thread what has happened to a pool; for whoever made it happen, one thread of all. */
  readonly tell: (event: PoolEvent) => void
  /** Says to the main thread which endpoint fails request after request. */
  readonly suspect: (suspicion: Suspicion) => void
  readonly connections: Set<Connected>
  /** Clients. */
  readonly stuck: StuckSockets
  /** More clients are turned away. */
  readonly maxConnections: number
  global: GlobalSnapshot
  /** Of all tenants together. */
  globalLimit: LimitRuntime | undefined
  isDraining: boolean
}
