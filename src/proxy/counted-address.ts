import { readAddress } from '../kit/ip.ts'
import type { CountedAddress } from '../slab/address-counts.ts'

const words = new Uint32Array(4)

/** Of a v6 address the first 64 bits (RFC 6177: a subscriber has at least as many addresses). Undefined for what is none. */
export function countedAddress(text: string): CountedAddress | undefined {
  const family = readAddress(text, words)
  if (family === 0) return undefined
  return { family, high: words[0] | 0, low: family === 4 ? 0 : words[1] | 0 }
}
