import type { PoolEvent } from '../slab/pool-event.ts'
import type { SharedSlab } from '../slab/slab.ts'
import type { Suspicion } from '../slab/suspicion.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { PlacedTenant } from '../snapshot/tenant-snapshot.ts'

/** What a data thread is born with. */
export interface DataThreadData {
  readonly slab: SharedSlab
  /** Index of this thread's columns in the slab; a replacement has the same. */
  readonly thread: number
  /** The open file of quotas' balances. */
  readonly quotaFile: number
}

/** From the main thread to a data thread, in this order: `apply` first, then `listen`. */
export type ToDataThread =
  | {
      readonly kind: 'apply'
      readonly change: number
      readonly global: GlobalSnapshot | undefined
      readonly tenants: readonly PlacedTenant[]
      readonly removedTenantIds: readonly number[]
    }
  | { readonly kind: 'listen'; readonly listener: number; readonly address: string; readonly port: number }
  | { readonly kind: 'unlisten'; readonly listener: number }
  | { readonly kind: 'drain'; readonly timeoutMs: number }

/** From a data thread to the main thread. */
export type FromDataThread =
  | { readonly kind: 'ready' }
  /** Every part of that change is enforced for requests that open from now on. */
  | { readonly kind: 'applied'; readonly change: number }
  | { readonly kind: 'listening'; readonly listener: number; readonly port: number }
  | { readonly kind: 'listen_failed'; readonly listener: number; readonly code: string }
  | { readonly kind: 'event'; readonly event: PoolEvent }
  | { readonly kind: 'suspect'; readonly suspicion: Suspicion }
  /** Nothing is under way any more; the thread ends by itself after this. */
  | { readonly kind: 'drained'; readonly abandoned: number }
