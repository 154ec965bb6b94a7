import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { UserError } from '../kit/user-error.ts'
import { quotaCapacity } from '../slab/layout.ts'
import { readQuota, restoreQuota } from './quota.ts'
import type { GrantWriter } from './quota.ts'

/**
 * The file of balances: a head, then 32 bytes for each quota at its index: whose it is, the start of a window, and how much of that
 * window is as good as used. Data threads write the last two in place, in one call, so that they are whole whenever a kill
 * comes; 2 µs in the kernel's cache, without waiting for the disk.
 */
const magic = Buffer.from('mtlb quota balances, format 1\n'.padEnd(32, '\0'), 'latin1')
const recordBytes = 32
const keyBytes = 16

/** A balance of a window that began before is of use to nobody: no period is longer than half of it. */
const keptMs = 62 * 86_400_000

interface Balance {
  readonly key: string
  readonly startMs: number
  readonly granted: number
}

/** Which quota lies where, and what was used of each before this life of the server; kept by the main thread. */
export class QuotaFile {
  /** Of the open file: for the grants that data threads write. */
  readonly fd: number
  /** The file that was found is no file of balances, and lies there now; all quotas begin anew. */
  readonly setAside: string | undefined
  readonly #cells: Float64Array
  readonly #path: string
  readonly #indexes = new Map<string, number>()

  /** The cells are `slab.quotas`. Throws what the system says when the file can be neither read nor made. */
  constructor(path: string, cells: Float64Array) {
    this.#path = path
    this.#cells = cells
    const found = existsSync(path) ? readFileSync(path) : magic
    const isSound = found.subarray(0, recordBytes).equals(magic)
    this.setAside = isSound ? undefined : moveAway(path)
    if (!existsSync(path)) replaceFile(path, [])
    this.fd = openSync(path, 'r+')
    if (!isSound) return
    for (const balance of readBalances(found)) restoreQuota(cells, this.#append(balance.key), balance)
  }

  /** Where the quota of that name has its cells and its balance: the same as long as it is in use now and then. Throws UserError. */
  take(name: string): number {
    const key = hashName(name)
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    if (this.#indexes.size + 1 >= quotaCapacity) {
      throw new UserError(
        'storage',
        `all ${quotaCapacity - 1} places for quotas are taken`,
        'Remove quotas that nobody needs and restart the server: what was not used for two months makes room.',
      )
    }
    const index = this.#append(key)
    writeSync(this.fd, encode({ key, startMs: 0, granted: 0 }), 0, recordBytes, index * recordBytes)
    restoreQuota(this.#cells, index, { startMs: 0, granted: 0 })
    return index
  }

  /** When no data thread runs any more: what was granted ahead and not used is given back, and what is over is left out. */
  close(nowMs: number): void {
    closeSync(this.fd)
    const balances = [...this.#indexes].map(([key, index]) => {
      const { startMs, used } = readQuota(this.#cells, index)
      return { key, startMs, granted: used }
    })
    replaceFile(
      this.#path,
      balances.filter(({ startMs }) => startMs >= nowMs - keptMs),
    )
  }

  #append(key: string): number {
    const index = this.#indexes.size + 1
    this.#indexes.set(key, index)
    return index
  }
}

/** For one data thread. Trouble with the disk refuses nobody: it is said once, and a kill then forgets what was used meanwhile. */
export function createGrantWriter(fd: number, onTrouble: (error: unknown) => void): GrantWriter {
  const bytes = Buffer.alloc(recordBytes - keyBytes)
  let isInTrouble = false
  return {
    write: (index, startMs, granted) => {
      bytes.writeDoubleLE(startMs, 0)
      bytes.writeDoubleLE(granted, 8)
      try {
        writeSync(fd, bytes, 0, bytes.length, index * recordBytes + keyBytes)
        isInTrouble = false
      } catch (error) {
        if (!isInTrouble) onTrouble(error)
        isInTrouble = true
      }
    },
  }
}

function readBalances(bytes: Buffer): Balance[] {
  const balances: Balance[] = []
  for (let at = recordBytes; at + recordBytes <= bytes.length; at += recordBytes) {
    const balance = {
      key: bytes.latin1Slice(at, at + keyBytes),
      startMs: bytes.readDoubleLE(at + keyBytes),
      granted: bytes.readDoubleLE(at + keyBytes + 8),
    }
    balances.push(balance)
  }
  return balances
}

/** The old file or the new one, whole, whenever the machine stops. */
function replaceFile(path: string, balances: readonly Balance[]): void {
  const next = `${path}.new`
  const fd = openSync(next, 'w', 0o640)
  writeFileSync(fd, Buffer.concat([magic, ...balances.map(encode)]))
  fsyncSync(fd)
  closeSync(fd)
  renameSync(next, path)
}

function encode({ key, startMs, granted }: Balance): Buffer {
  const bytes = Buffer.alloc(recordBytes)
  bytes.write(key, 0, 'latin1')
  bytes.writeDoubleLE(startMs, keyBytes)
  bytes.writeDoubleLE(granted, keyBytes + 8)
  return bytes
}

function hashName(name: string): string {
  return createHash('sha256').update(name).digest().latin1Slice(0, keyBytes)
}

function moveAway(path: string): string {
  let aside = `${path}.damaged`
  while (existsSync(aside)) aside += '-again'
  renameSync(path, aside)
  return aside
}
