import type { IpRange } from './ip.ts'

/** Nodes of 8 words: the range's bits (v4: one word, v6: four), its length, its value, and where to go on 0 and on 1. */
export interface RadixTrie {
  readonly nodes: Int32Array
  usedWords: number
}

export const lengthWord = 4
export const valueWord = 5
export const childWord = 6
/** No value, no child, no match. */
export const none = -1
const nodeWords = 8

/** An empty trie with room for that many ranges. */
export function createRadixTrie(ranges: number): RadixTrie {
  // Every range adds at most itself and one fork.
  return { nodes: new Int32Array(ranges * 2 * nodeWords), usedWords: 0 }
}

/** Returns the root of the subtrie that now holds the range too. */
export function insertRange(trie: RadixTrie, root: number, range: IpRange, value: number): number {
  const { nodes } = trie
  const { words, prefixLength } = range
  let link = none
  let at = root
  while (at !== none) {
    const length = nodes[at + lengthWord]
    const common = commonLength(nodes, at, words, Math.min(length, prefixLength))
    if (common < length) return relink(nodes, { root, link, node: fork(trie, at, common, { range, value }) })
    if (length === prefixLength) {
      nodes[at + valueWord] = value
      return root
    }
    link = at + childWord + bitAt(words, length)
    at = nodes[link]
  }
  return relink(nodes, { root, link, node: addNode(trie, words, prefixLength, value) })
}

/** How many leading bits a node and an address share, at most `limit`. */
export function commonLength(nodes: Int32Array, at: number, words: ArrayLike<number>, limit: number): number {
  for (let start = 0, word = 0; start < limit; start += 32, word += 1) {
    const difference = nodes[at + word] ^ words[word]
    if (difference !== 0) return Math.min(limit, start + Math.clz32(difference))
  }
  return limit
}

/** The bit at that position, 0 being the most significant of the first word. */
export function bitAt(words: ArrayLike<number>, position: number): number {
  return (words[position >>> 5] >>> (31 - (position & 31))) & 1
}

/** Puts the new range above `old` when it contains it, else a node without value above both. */
function fork(trie: RadixTrie, old: number, common: number, added: { range: IpRange; value: number }): number {
  const { nodes } = trie
  const { words, prefixLength } = added.range
  const side = (nodes[old + (common >>> 5)] >>> (31 - (common & 31))) & 1
  const isAbove = common === prefixLength
  const top = addNode(trie, words, common, isAbove ? added.value : none)
  nodes[top + childWord + side] = old
  if (!isAbove) nodes[top + childWord + 1 - side] = addNode(trie, words, prefixLength, added.value)
  return top
}

function relink(nodes: Int32Array, { root, link, node }: { root: number; link: number; node: number }): number {
  if (link === none) return node
  nodes[link] = node
  return root
}

/** Bits behind the length may be set in a fork: nothing looks at them. */
function addNode(trie: RadixTrie, words: readonly number[], length: number, value: number): number {
  const at = trie.usedWords
  trie.usedWords += nodeWords
  for (let word = 0; word < words.length; word++) trie.nodes[at + word] = words[word]
  trie.nodes[at + lengthWord] = length
  trie.nodes[at + valueWord] = value
  trie.nodes[at + childWord] = none
  trie.nodes[at + childWord + 1] = none
  return at
}
