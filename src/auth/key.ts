import { randomBytes } from 'node:crypto'
import { isEqualConstantTime, sha256Hex } from '../kit/digest.ts'
import type { AuthMethod } from './auth-method.ts'

export const key = {
  name: 'key',
  summary: 'an API key in Authorization: Bearer or X-Api-Key',
} as const satisfies AuthMethod

export interface MintedKey {
  /** `mtlb_` and 43 base64url characters: 256 random bits. Shown once, stored nowhere. */
  readonly secret: string
  readonly hash: string
  /** The first 9 characters of the secret, by which an operator recognises it. */
  readonly prefix: string
}

export interface KeyEntry {
  readonly id: number
  readonly name: string
  /** Lower-case hex SHA-256 of the secret. */
  readonly hash: string
}

/** Keys by the first 32 bits of their hash. */
export type KeyTable<Entry extends KeyEntry = KeyEntry> = ReadonlyMap<number, readonly Entry[]>

/** A new key of 256 random bits. */
export function mintKey(): MintedKey {
  const secret = `mtlb_${randomBytes(32).toString('base64url')}`
  return { secret, hash: hashKey(secret), prefix: secret.slice(0, 9) }
}

/** A plain hash is enough: a secret of 256 random bits cannot be guessed, so there is nothing to slow down. */
export function hashKey(secret: string): string {
  return sha256Hex(secret)
}

/** Keys made ready for `findKey`. */
export function buildKeyTable<Entry extends KeyEntry>(keys: readonly Entry[]): KeyTable<Entry> {
  return Map.groupBy(keys, (entry) => bucketOf(entry.hash))
}

/** Finds the key by the hash of what was presented, so that the time taken says nothing about any secret. */
export function findKey<Entry extends KeyEntry>(table: KeyTable<Entry>, presented: string): Entry | undefined {
  const hash = hashKey(presented)
  const entries = table.get(bucketOf(hash))
  if (entries === undefined) return undefined
  for (const entry of entries) {
    if (isEqualConstantTime(entry.hash, hash)) return entry
  }
  return undefined
}

function bucketOf(hash: string): number {
  let bucket = 0
  for (let index = 0; index < 8; index++) {
    const code = hash.charCodeAt(index)
    bucket = (bucket << 4) | (code < 58 ? code - 48 : code - 87)
  }
  return bucket
}
