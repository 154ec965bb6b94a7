import { createLog } from '../kit/log.ts'
import { readOpenFilesLimit } from '../kit/open-files.ts'
import { Sweeper } from '../kit/sweeper.ts'
import { createGrantWriter } from '../limit/quota-file.ts'
import { RingWriter } from '../slab/ring.ts'
import { attachSlab } from '../slab/slab.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import { ConnectionRoom } from '../upstream/connection-room.ts'
import { EndpointRegistry } from '../upstream/endpoint-registry.ts'
import { BlockPool } from '../wire/block-pool.ts'
import { StuckSockets } from '../wire/stuck-sockets.ts'
import { WriteTurn } from '../wire/write-turn.ts'
import { maxConnectionsFor } from './connection-limit.ts'
import type { DataThreadData } from './messages.ts'
import { PoolQueues } from './pool-queues.ts'
import { buildRuntime } from './tenant-runtime.ts'
import { TenantTable } from './tenant-table.ts'
import type { ThreadState } from './thread-state.ts'
import { TurnAway } from './turn-away.ts'

const readBufferBytes = 64 * 1024

/** A data thread before its first change: no tenants, no listeners. */
export function createThreadState(
  data: DataThreadData,
  { clock, tell, suspect }: Pick<ThreadState, 'clock' | 'tell' | 'suspect'>,
): ThreadState {
  const slab = attachSlab(data.slab)
  const sweeper = new Sweeper()
  const maxConnections = maxConnectionsFor(readOpenFilesLimit(), slab.threads)
  const turn = new WriteTurn()
  const blocks = new BlockPool()
  const readBuffer = Buffer.allocUnsafeSlow(readBufferBytes)
  const upstream = {
    clock,
    sweeper,
    turn,
    blocks,
    readBuffer,
    // Of each client and of an endpoint's connection for it; what clients do not take, idle connections may.
    room: new ConnectionRoom(2 * maxConnections),
    stuck: new StuckSockets(clock),
    endpointIdleConnections: unconfigured.endpointIdleConnections,
    endpointIdleTimeoutMs: unconfigured.endpointIdleTimeoutMs,
  }
  const log = createLog({ name: `data-${data.thread}` })
  const state: ThreadState = {
    get turnAway() {
      return turnAway
    },
    clock,
    tell,
    suspect,
    log,
    slab,
    thread: data.thread,
    ring: new RingWriter(slab, data.thread),
    sweeper,
    upstream,
    endpoints: new EndpointRegistry(upstream),
    tenants: new TenantTable((placed) => buildRuntime(state, placed)),
    turn,
    blocks,
    readBuffer,
    grants: createGrantWriter(data.quotaFile, (error) => {
      log.error({ code: 'quotas_unwritten', err: error }, 'balances of quotas cannot be written')
    }),
    keptBytes: { count: 0 },
    mirrors: { count: 0 },
    queues: new PoolQueues(slab, data.thread, clock),
    connections: new Set(),
    stuck: new StuckSockets(clock),
    maxConnections,
    global: unconfigured,
    globalLimit: undefined,
    isDraining: false,
  }
  sweeper.add(state.stuck)
  sweeper.add(upstream.stuck)
  const turnAway = new TurnAway(state)
  return state
}

/** Until the first change comes; nobody listens before it. */
const unconfigured: GlobalSnapshot = Object.freeze({
  revision: 0,
  listeners: [],
  trustedProxies: undefined,
  underscoreNames: 'drop',
  maxConnections: 0,
  maxConnectionsPerAddress: 0,
  maxConnectionsPerTenant: 0,
  headerTimeoutMs: 0,
  idleTimeoutMs: 0,
  minBodyRate: 0,
  writeTimeoutMs: 0,
  endpointIdleConnections: 0,
  endpointIdleTimeoutMs: 0,
  tunnelIdleTimeoutMs: 0,
  tunnelMaxAgeMs: 0,
  drainTimeoutMs: 0,
  maxInFlight: 0,
  queue: 0,
  queueTimeoutMs: 0,
  logRetentionDays: 0,
  logRetentionBytes: 0,
  stickySecret: '',
  traceToken: '',
  traceSamplePercent: 0,
  limit: undefined,
  rateLimitHeaders: 'off',
  allowExec: false,
  dnsServers: [],
  allowAddresses: undefined,
  zone: undefined,
})
