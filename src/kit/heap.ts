interface Entry<Item> {
  readonly item: Item
  readonly key: number
  /** Of equal keys the one that was added first comes first. */
  readonly order: number
}

/** A binary heap: the item with the least key is known, adding and taking cost the logarithm of how many there are. */
export class Heap<Item> {
  readonly #entries: Entry<Item>[] = []
  #added = 0

  get size(): number {
    return this.#entries.length
  }

  peek(): Item | undefined {
    return this.#entries[0]?.item
  }

  add(item: Item, key: number): void {
    const entries = this.#entries
    const entry = { item, key, order: this.#added++ }
    let at = entries.length
    entries.push(entry)
    for (;;) {
      const above = (at - 1) >> 1
      if (at === 0 || isBefore(entries[above], entry)) break
      entries[at] = entries[above]
      at = above
    }
    entries[at] = entry
  }

  /** Takes the item with the least key out. */
  take(): Item | undefined {
    const entries = this.#entries
    const first = entries[0]
    const last = entries.pop()
    if (last === undefined || entries.length === 0) return first?.item
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= entries.length) break
      if (below + 1 < entries.length && isBefore(entries[below + 1], entries[below])) below += 1
      if (isBefore(last, entries[below])) break
      entries[at] = entries[below]
      at = below
    }
    entries[at] = last
    return first.item
  }
}

function isBefore<Item>(a: Entry<Item>, b: Entry<Item>): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order)
}
