import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../kit/log.ts'
import type { SealedTenant } from '../snapshot/sealed-tenant.ts'

/** Where the last good configuration of a quarantined tenant lies, so that it serves again after a restart. */
export interface TenantKeeper {
  save(sealed: SealedTenant): void
  load(tenantId: number): SealedTenant | undefined
  forget(tenantId: number): void
}

/** Behind the head, which says by whom it was written, the rest of the line is JSON, and then come the sealed bytes. */
type Head = Omit<SealedTenant, 'bytes'>

const newline = 10

/** One file per tenant in that folder. What another version of mtlb has written is not read: it may mean something else. */
export class KeptTenants implements TenantKeeper {
  readonly #folder: string
  readonly #magic: string
  readonly #log: Log
  readonly #saved = new Set<number>()

  constructor(folder: string, { version, log }: { readonly version: string; readonly log: Log }) {
    this.#folder = folder
    this.#magic = `mtlb ${version} last good tenant `
    this.#log = log
  }

  save({ bytes, ...head }: SealedTenant): void {
    if (this.#saved.has(head.id)) return
    this.#guard(() => {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      const path = this.#pathOf(head.id)
      const text = `${this.#magic}${JSON.stringify(head satisfies Head)}\n`
      writeFileSync(`${path}.new`, Buffer.concat([Buffer.from(text), bytes]), { mode: 0o600 })
      renameSync(`${path}.new`, path)
      this.#saved.add(head.id)
    })
  }

  load(tenantId: number): SealedTenant | undefined {
    const found = this.#read(tenantId)
    const end = found?.indexOf(newline) ?? -1
    if (found === undefined || end === -1) return undefined
    const line = found.toString('utf8', 0, end)
    if (!line.startsWith(this.#magic)) return undefined
    return this.#guard(() => {
      const head = JSON.parse(line.slice(this.#magic.length)) as Head
      // In memory that threads share, and where its words begin at a multiple of 4.
      const bytes = new Uint8Array(new SharedArrayBuffer(found.length - end - 1))
      bytes.set(found.subarray(end + 1))
      this.#saved.add(tenantId)
      return { ...head, bytes }
    })
  }

  forget(tenantId: number): void {
    if (!this.#saved.delete(tenantId)) return
    this.#guard(() => rmSync(this.#pathOf(tenantId), { force: true }))
  }

  #read(tenantId: number): Buffer | undefined {
    try {
      return readFileSync(this.#pathOf(tenantId))
    } catch {
      return undefined
    }
  }

  /** Without the file a tenant serves all the same until the next restart. */
  #guard<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.#log.error({ code: 'kept_tenant_lost', err: error }, 'the last good configuration of a tenant is not kept')
      return undefined
    }
  }

  #pathOf(tenantId: number): string {
    return join(this.#folder, `tenant-${tenantId}`)
  }
}
