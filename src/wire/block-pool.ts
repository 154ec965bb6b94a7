/** As large as what one read brings. */
const blockBytes = 64 * 1024

/** So many are kept: a socket that takes what it is given needs none but the one in hand. */
const mostBlocks = 16

/**
 * Memory for parts of bodies on their way out. A socket that takes a part at once gives its block back at once, so that
 * a fast transfer needs one block and makes no garbage; what a slow one holds is left to the garbage collector.
 */
export class BlockPool {
  readonly #free: Buffer[] = []

  /** At least so long. */
  take(bytes: number): Buffer {
    if (bytes > blockBytes) return Buffer.allocUnsafeSlow(bytes)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(blockBytes)
  }

  /** Nobody reads it any more. */
  giveBack(block: Buffer): void {
    if (block.length === blockBytes && this.#free.length < mostBlocks) this.#free.push(block)
  }
}
