import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Slab } from '../slab/slab.ts'
import type { GlobalSnapshot, PlacedTenant } from '../snapshot/tenant-snapshot.ts'
import { SupervisedThread } from './supervised-thread.ts'

export interface RecorderPlan {
  readonly module: URL
  readonly slab: Slab
  readonly folder: string
  /** Settings a replacement is born with. */
  readonly retention: () => Retention
  /** The recorder has started and knows no names yet. */
  readonly onStart: () => void
  readonly log: Log
  readonly clock: Clock
}

export interface Retention {
  readonly retentionDays: number
  readonly retentionBytes: number
}

type FromRecorder = { readonly kind: 'ready' } | { readonly kind: 'stopped' }

/** The recorder thread. It must hear the names of a tenant before any data thread hears of the tenant. */
export class Recorder {
  readonly thread: SupervisedThread<FromRecorder, { readonly kind: 'stop' }>
  readonly #stopped = Promise.withResolvers<void>()
  #names: MessagePort | undefined

  constructor({ module, slab, folder, retention, onStart, log, clock }: RecorderPlan) {
    const runId = clock.wallMs()
    this.thread = new SupervisedThread({
      name: 'recorder',
      module,
      birth: () => {
        const { port1, port2 } = new MessageChannel()
        this.#names?.close()
        this.#names = port1
        port1.unref()
        const data = { slab: slab.shared, folder, runId, namesPort: port2, settings: retention() }
        return { data, transfer: [port2] }
      },
      onStart,
      onMessage: ({ kind }) => {
        if (kind === 'stopped') this.#stopped.resolve()
      },
      onDeath: () => {},
      log,
      clock,
    })
  }

  tellOwners({ snapshot, slots }: PlacedTenant): void {
    this.#names?.postMessage({
      kind: 'owners',
      tenant: { id: snapshot.id, name: snapshot.name, slot: slots.tenant },
      routes: snapshot.routes.map(({ id, name }, index) => ({ id, name, slot: slots.routes[index] })),
      endpoints: snapshot.pools.flatMap((pool, poolIndex) =>
        pool.endpoints.map(({ id, url }, index) => ({ id, name: url, slot: slots.endpoints[poolIndex][index] })),
      ),
      keys: snapshot.keys.map(({ id, name }) => ({ id, name })),
    })
  }

  tellRetention(global: GlobalSnapshot): void {
    this.#names?.postMessage({ kind: 'settings', ...retentionOf(global) })
  }

  /** Has everything written that the data threads recorded; false when the recorder had to be ended by force. */
  async stop(timeoutMs: number): Promise<boolean> {
    this.thread.hurry()
    this.thread.post({ kind: 'stop' })
    const isClean = await this.thread.end(timeoutMs, this.#stopped.promise)
    this.#names?.close()
    return isClean
  }
}

export function retentionOf({ logRetentionDays, logRetentionBytes }: GlobalSnapshot): Retention {
  return { retentionDays: logRetentionDays, retentionBytes: logRetentionBytes }
}
