import type { Statement } from 'better-sqlite3'
import { decodeFrames, fullChunkRecords, maxChunkBytes, maxChunkRecords } from './chunk.ts'
import type { LogFile } from './log-file.ts'
import { mergeNames } from './name-book.ts'
import type { ChunkNames } from './name-book.ts'
import { summarizeFrames } from './summary.ts'

/** How long a chunk stays fresh at least, and how often a tenant's turn comes. */
const restUs = 30_000_000

interface ChunkHead {
  readonly id: number
  readonly count: number
}

interface StoredChunk {
  readonly id: number
  readonly from_id: number
  readonly through_id: number
  readonly names: string
  readonly is_compressed: number
  readonly records: Buffer
}

interface Merged {
  readonly ids: readonly number[]
  readonly fromId: number
  readonly throughId: number
  readonly names: ChunkNames
  readonly frames: Buffer
}

/**
 * Merges a tenant's small chunks into runs of up to 2,000 records, in transactions: a reader sees a record in its old
 * chunk or in the new one. A merged chunk is taken up again only by a pile at least as large, so a record is
 * rewritten eight times at most, however slowly its tenant's records come.
 */
export class Compactor {
  readonly #file: LogFile
  readonly #findTenants: Statement
  readonly #findFresh: Statement
  readonly #findMerged: Statement
  readonly #readChunk: Statement
  readonly #keep: Statement
  readonly #remove: Statement
  #tenantIds: number[] = []
  #nextRoundUs = 0

  constructor(file: LogFile) {
    const { database } = file
    this.#file = file
    this.#findTenants = database.prepare('SELECT DISTINCT tenant_id FROM chunk WHERE level = 0 AND id < ?').pluck()
    this.#findFresh = database.prepare(
      `SELECT id, count FROM chunk WHERE level = 0 AND tenant_id = ? AND id < ? ORDER BY id LIMIT ${maxChunkRecords}`,
    )
    this.#findMerged = database.prepare(
      'SELECT id, count FROM chunk WHERE level = 1 AND tenant_id = ? ORDER BY id DESC LIMIT 16',
    )
    this.#readChunk = database.prepare(
      'SELECT id, from_id, through_id, names, is_compressed, records FROM chunk WHERE id = ?',
    )
    this.#keep = database.prepare('UPDATE chunk SET level = 1 WHERE id = ?')
    this.#remove = database.prepare('DELETE FROM chunk WHERE id = ?')
  }

  /** True when a tenant's turn has come. */
  hasWork(nowUs: number): boolean {
    if (this.#tenantIds.length > 0) return true
    if (nowUs < this.#nextRoundUs) return false
    this.#nextRoundUs = nowUs + restUs
    this.#tenantIds = this.#findTenants.all(this.#file.idWrittenAfter(nowUs - restUs)) as number[]
    return this.#tenantIds.length > 0
  }

  /** Takes tenants' turns in one transaction while there is time; a turn takes about 2 ms at most. */
  run(nowUs: number, hasTime: () => boolean): void {
    const restedBelow = this.#file.idWrittenAfter(nowUs - restUs)
    this.#file.commit(() => {
      let tenantId = this.#tenantIds.pop()
      while (tenantId !== undefined) {
        this.#mergeTenant(tenantId, restedBelow)
        tenantId = hasTime() ? this.#tenantIds.pop() : undefined
      }
    }, nowUs)
  }

  #mergeTenant(tenantId: number, restedBelow: number): void {
    const fresh = this.#findFresh.all(tenantId, restedBelow) as ChunkHead[]
    if (fresh.length === 0) return
    const pile = fitting(fresh)
    const before = this.#findSmallerMerged(tenantId, pile)
    const merged = this.#readMerged([...before, ...pile])
    // When the older chunks call things by other names, the pile starts anew.
    this.#replace(tenantId, merged.ids.length > before.length ? merged : this.#readMerged(pile))
    if (pile.length < fresh.length) this.#tenantIds.push(tenantId)
  }

  /** The merged chunks before a pile that are no larger than what follows them. */
  #findSmallerMerged(tenantId: number, pile: readonly ChunkHead[]): ChunkHead[] {
    let total = pile.reduce((sum, { count }) => sum + count, 0)
    const before: ChunkHead[] = []
    for (const chunk of this.#findMerged.all(tenantId) as ChunkHead[]) {
      if (chunk.count > total || chunk.count >= fullChunkRecords) break
      before.unshift(chunk)
      total += chunk.count
    }
    return before
  }

  #replace(tenantId: number, { ids, fromId, throughId, names, frames }: Merged): void {
    if (ids.length === 1) {
      this.#keep.run(ids[0])
      return
    }
    for (const id of ids) this.#remove.run(id)
    this.#file.insert({ tenantId, summary: summarizeFrames(frames), names, frames }, { fromId, throughId })
  }

  /** As many of the pile, from its beginning, as fit into one chunk and call everything by the same names. */
  #readMerged(pile: readonly ChunkHead[]): Merged {
    const ids: number[] = []
    const parts: Buffer[] = []
    let names: ChunkNames | undefined
    let text = ''
    let fromId = Infinity
    let throughId = 0
    let bytes = 0
    for (const { id } of pile) {
      const chunk = this.#readChunk.get(id) as StoredChunk
      const frames = decodeFrames({ isCompressed: chunk.is_compressed, records: chunk.records })
      // Most neighbours have the very same names.
      const merged = chunk.names === text ? names : addNames(names, chunk.names)
      if (merged === undefined || (ids.length > 0 && bytes + frames.length > maxChunkBytes)) break
      names = merged
      text = chunk.names
      bytes += frames.length
      fromId = Math.min(fromId, chunk.from_id)
      throughId = Math.max(throughId, chunk.through_id)
      ids.push(id)
      parts.push(frames)
    }
    if (names === undefined) throw new Error('a pile of chunks is never empty')
    return { ids, fromId, throughId, names, frames: Buffer.concat(parts) }
  }
}

function addNames(names: ChunkNames | undefined, text: string): ChunkNames | undefined {
  const more = JSON.parse(text) as ChunkNames
  return names === undefined ? more : mergeNames(names, more)
}

/** Chunks from the beginning that make up one chunk together. */
function fitting(chunks: readonly ChunkHead[]): ChunkHead[] {
  let total = 0
  const end = chunks.findIndex(({ count }) => (total += count) > maxChunkRecords)
  return end === -1 ? [...chunks] : chunks.slice(0, Math.max(1, end))
}
