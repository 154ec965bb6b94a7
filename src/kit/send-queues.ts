import { readFile, readlinkSync } from 'node:fs'

/** Linux names every TCP socket of the network namespace here, with its state and an inode. */
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6']

/** `tx_queue:rx_queue timer:when retransmits uid timeout inode`, numbers in hex but for the last three. */
const row = /([0-9A-F]{8}):[0-9A-F]{8} [0-9A-F]{2}:[0-9A-F]+ [0-9A-F]+ +\d+ +\d+ (\d+) /g

/** By which the kernel's tables name that open socket; undefined where there are no such tables. */
export function findSocketInode(descriptor: number): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1]
  } catch {
    return undefined
  }
}

/**
 * Tells of each of these sockets how many bytes the kernel holds that the peer's has not acknowledged. Node can tell only
 * what the kernel has not taken yet, and that takes a third of its buffer at a time: megabytes. Sockets that are not found
 * are left out, all of them where there are no such tables. Takes the kernel 10 ms, however few sockets there are.
 */
export function readSendQueues(
  inodes: ReadonlySet<string>,
  tell: (queuedBytes: ReadonlyMap<string, number>) => void,
): void {
  const found = new Map<string, number>()
  let waiting = tables.length
  for (const path of tables) {
    readFile(path, 'latin1', (error, text) => {
      if (error === null) collect(text, inodes, found)
      waiting -= 1
      if (waiting === 0) tell(found)
    })
  }
}

function collect(text: string, inodes: ReadonlySet<string>, found: Map<string, number>): void {
  for (const [, queued, inode] of text.matchAll(row)) {
    if (inodes.has(inode)) found.set(inode, Number.parseInt(queued, 16))
  }
}
