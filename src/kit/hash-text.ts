/**
 * MurmurHash3 (x86, 32 bits) over the characters of a text, two to a block: well mixed, not cryptographic, and the same in
 * every process, thread and version. 60 ns for 36 characters.
 */
export function hashText(text: string, seed = 0): number {
  const { length } = text
  let hash = seed
  let at = 0
  for (; at + 1 < length; at += 2) hash = mixBlock(hash, text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16))
  if (at < length) hash ^= scrambled(text.charCodeAt(at))
  return mixBits(hash ^ length)
}

/** One number from two, as well mixed: every bit of either moves half the bits of the result. From 0 to 2^32 - 1. */
export function hashNumber(number: number, seed: number): number {
  return mixBits(mixBlock(seed, number))
}

/** A number as far as can be from those of its neighbours: each bit moves half of all bits. From 0 to 2^32 - 1. */
export function mixBits(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function mixBlock(hash: number, block: number): number {
  const mixed = hash ^ scrambled(block)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

function scrambled(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}
