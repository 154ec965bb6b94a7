import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { OwnersMessage } from '../ledger/name-book.ts'
import type { FromRecorder, RecorderData, ToRecorder } from '../ledger/recorder-thread.ts'
import type { Retention } from '../ledger/retention.ts'
import { refusalCodes } from '../proxy/rejections.ts'
import type { Slab } from '../slab/slab.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { PlacedTenant } from '../snapshot/tenant-snapshot.ts'
import { SupervisedThread } from './supervised-thread.ts'

export interface RecorderThreadPlan {
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

/** It keeps what it reads, and lives with little beside that. */
const youngHeapMb = 6

/** The recorder thread. It must hear the names of a tenant before any data thread hears of the tenant. */
export class RecorderThread {
  readonly thread: SupervisedThread<FromRecorder, { readonly kind: 'stop' }>
  readonly #stopped = Promise.withResolvers<void>()
  /** Tenants that are erased: also a recorder that comes after this one must write nothing of them. */
  readonly #forgotten = new Set<number>()
  #whenForgotten = Promise.withResolvers<void>()
  #names: MessagePort | undefined

  constructor({ module, slab, folder, retention, onStart, log, clock }: RecorderThreadPlan) {
    const runId = clock.wallMs()
    this.thread = new SupervisedThread({
      name: 'recorder',
      module,
      youngHeapMb,
      birth: () => {
        const { port1, port2 } = new MessageChannel()
        this.#names?.close()
        this.#names = port1
        port1.unref()
        const data: RecorderData = {
          slab: slab.shared,
          folder,
          runId,
          codes: refusalCodes,
          namesPort: port2,
          settings: retention(),
        }
        return { data, transfer: [port2] }
      },
      onStart: () => {
        onStart()
        if (this.#forgotten.size > 0) this.#tellForgotten()
      },
      onMessage: (message) => {
        if (message.kind === 'stopped') this.#stopped.resolve()
        if (message.kind === 'forgotten' && message.tenantIds.length === this.#forgotten.size) {
          this.#whenForgotten.resolve()
        }
      },
      onDeath: () => {},
      log,
      clock,
    })
  }

  tellOwners(placed: PlacedTenant): void {
    if (this.#names !== undefined) this.#tell(ownersOf(placed))
  }

  tellRetention(global: GlobalSnapshot): void {
    this.#tell({ kind: 'settings', ...retentionOf(global) })
  }

  /** Resolves when no more record of these tenants, which are gone, will be written. */
  forget(tenantIds: readonly number[]): Promise<void> {
    for (const id of tenantIds) this.#forgotten.add(id)
    const before = this.#whenForgotten
    this.#whenForgotten = Promise.withResolvers()
    void this.#whenForgotten.promise.then(() => before.resolve())
    this.#tellForgotten()
    return this.#whenForgotten.promise
  }

  #tellForgotten(): void {
    this.#tell({ kind: 'forget', tenantIds: [...this.#forgotten] })
  }

  /** Has everything written that the data threads recorded; false when the recorder had to be ended by force. */
  async stop(timeoutMs: number): Promise<boolean> {
    this.thread.hurry()
    this.thread.post({ kind: 'stop' })
    const isClean = await this.thread.end(timeoutMs, this.#stopped.promise)
    this.#names?.close()
    return isClean
  }

  /** Before the recorder starts nobody listens: it is told everything when it does. */
  #tell(message: ToRecorder): void {
    this.#names?.postMessage(message)
  }
}

function ownersOf({ sealed, slots }: PlacedTenant): OwnersMessage {
  const snapshot = openTenant(sealed)
  return {
    kind: 'owners',
    tenant: { id: snapshot.id, name: snapshot.name, slot: slots.tenant },
    routes: snapshot.routes.map(({ id, name }, index) => ({ id, name, slot: slots.routes[index] })),
    endpoints: snapshot.pools.flatMap((pool, poolIndex) =>
      pool.endpoints.map(({ id, url }, index) => ({ id, name: url, slot: slots.endpoints[poolIndex][index] })),
    ),
    keys: snapshot.keys.map(({ id, name }, index) => ({ id, name, slot: slots.keys[index] })),
  }
}

export function retentionOf({ logRetentionDays, logRetentionBytes }: GlobalSnapshot): Retention {
  return { retentionDays: logRetentionDays, retentionBytes: logRetentionBytes }
}
