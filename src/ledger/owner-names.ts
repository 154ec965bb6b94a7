import { ownerKind } from './ledger-file.ts'
import type { OwnerKind } from './ledger-file.ts'
import type { LedgerRows } from './ledger-rows.ts'

export interface NamedOwner {
  readonly kind: OwnerKind
  readonly id: number
  readonly tenantId: number
  readonly tenantName: string
  readonly name: string
}

/** What owners of accounts are called, and which names the ledger lacks. */
export class OwnerNames {
  readonly #names = new Map<string, NamedOwner>()
  readonly #unwritten = new Set<NamedOwner>()

  get isWritten(): boolean {
    return this.#unwritten.size === 0
  }

  /** By the owner's kind and id. */
  set(key: string, owner: NamedOwner): void {
    const known = this.#names.get(key)
    if (known?.name === owner.name && known.tenantName === owner.tenantName) return
    this.#names.set(key, owner)
    this.#unwritten.add(owner)
  }

  /** No name of a tenant that is gone is written any more. */
  forget(tenantId: number): void {
    for (const [key, owner] of this.#names) {
      if (owner.tenantId !== tenantId) continue
      this.#names.delete(key)
      this.#unwritten.delete(owner)
    }
  }

  /** Within a transaction; `settle` follows when that has been committed. */
  write(rows: LedgerRows): void {
    for (const { kind, id, tenantId, tenantName, name } of this.#unwritten) {
      rows.writeOwner(ownerKind[kind], { id, tenantId, tenantName, name })
    }
  }

  settle(): void {
    this.#unwritten.clear()
  }
}
