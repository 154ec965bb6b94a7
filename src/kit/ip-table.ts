import type { IpRange } from './ip.ts'
import { readAddress } from './ip.ts'

/**
 * A path-compressed radix trie over shared memory: `postMessage` hands it to a thread without copying.
 * Look-up with parsing, among 100,000 ranges: see `findInIpTable`.
 */
export interface IpTable {
  /** Nodes of 8 words: the range's bits (v4: one word, v6: four), its length, value, and where to go on 0 and on 1. */
  readonly nodes: Int32Array
  readonly rootV4: number
  readonly rootV6: number
}

export interface IpTableEntry {
  readonly range: IpRange
  /** At least 0. */
  readonly value: number
}

const LENGTH = 4
const VALUE = 5
const ZERO_CHILD = 6
const NODE_WORDS = 8
/** No value, no child, no match. */
const NONE = -1

const words = new Uint32Array(4)

/** Of two entries with the same range the later one counts. */
export function buildIpTable(entries: readonly IpTableEntry[]): IpTable {
  // Every range adds at most itself and one fork.
  const trie = { nodes: new Int32Array(entries.length * 2 * NODE_WORDS), used: 0 }
  const roots = { 4: NONE, 6: NONE }
  for (const { range, value } of entries.toSorted(byBase)) {
    roots[range.family] = insert(trie, roots[range.family], range, value)
  }
  const nodes = new Int32Array(new SharedArrayBuffer(trie.used * Int32Array.BYTES_PER_ELEMENT))
  nodes.set(trie.nodes.subarray(0, trie.used))
  return { nodes, rootV4: roots[4], rootV6: roots[6] }
}

/** The value of the longest range that holds the address; -1 when none does or the text is no address. */
export function findInIpTable(table: IpTable, address: string): number {
  const family = readAddress(address, words)
  if (family === 0) return NONE
  const nodes = table.nodes
  const bits = family === 4 ? 32 : 128
  let at = family === 4 ? table.rootV4 : table.rootV6
  let found = NONE
  while (at !== NONE) {
    const length = nodes[at + LENGTH]
    if (commonLength(nodes, at, length) < length) break
    if (nodes[at + VALUE] !== NONE) found = nodes[at + VALUE]
    if (length === bits) break
    at = nodes[at + ZERO_CHILD + bitAt(length)]
  }
  return found
}

interface Trie {
  readonly nodes: Int32Array
  used: number
}

/** Returns the root of the subtrie that now holds the range. */
function insert(trie: Trie, root: number, range: IpRange, value: number): number {
  const { nodes } = trie
  words.set(range.words)
  let link = NONE
  let at = root
  while (at !== NONE) {
    const length = nodes[at + LENGTH]
    const common = commonLength(nodes, at, Math.min(length, range.prefixLength))
    if (common < length) return relink(nodes, { root, link, node: fork(trie, at, common, range, value) })
    if (length === range.prefixLength) {
      nodes[at + VALUE] = value
      return root
    }
    link = at + ZERO_CHILD + bitAt(length)
    at = nodes[link]
  }
  return relink(nodes, { root, link, node: addNode(trie, range.prefixLength, value) })
}

/** Puts the new range above `old` when it contains it, else a node without value above both. */
function fork(trie: Trie, old: number, common: number, range: IpRange, value: number): number {
  const { nodes } = trie
  const top = addNode(trie, common, common === range.prefixLength ? value : NONE)
  const side = (nodes[old + (common >>> 5)] >>> (31 - (common & 31))) & 1
  nodes[top + ZERO_CHILD + side] = old
  if (common < range.prefixLength) nodes[top + ZERO_CHILD + bitAt(common)] = addNode(trie, range.prefixLength, value)
  return top
}

function relink(nodes: Int32Array, { root, link, node }: { root: number; link: number; node: number }): number {
  if (link === NONE) return node
  nodes[link] = node
  return root
}

/** Bits behind the length may be set in a fork: nothing looks at them. */
function addNode(trie: Trie, length: number, value: number): number {
  const at = trie.used
  trie.used += NODE_WORDS
  trie.nodes.set(words, at)
  trie.nodes[at + LENGTH] = length
  trie.nodes[at + VALUE] = value
  trie.nodes[at + ZERO_CHILD] = NONE
  trie.nodes[at + ZERO_CHILD + 1] = NONE
  return at
}

/** How many leading bits the node and `words` share, at most `limit`. */
function commonLength(nodes: Int32Array, at: number, limit: number): number {
  for (let start = 0; start < limit; start += 32) {
    const difference = nodes[at + (start >>> 5)] ^ words[start >>> 5]
    if (difference !== 0) return Math.min(limit, start + Math.clz32(difference))
  }
  return limit
}

function bitAt(position: number): number {
  return (words[position >>> 5] >>> (31 - (position & 31))) & 1
}

function byBase(a: { range: IpRange }, b: { range: IpRange }): number {
  for (let word = 0; word < a.range.words.length; word += 1) {
    const difference = a.range.words[word] - b.range.words[word]
    if (difference !== 0) return difference
  }
  return a.range.prefixLength - b.range.prefixLength
}
