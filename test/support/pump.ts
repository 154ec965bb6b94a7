import { eventually } from './eventually.ts'
import type { RawConnection } from './raw-connection.ts'

const part = 'x'.repeat(256 * 1024)

/** What `pump` sends: much more than all buffers on the way hold. */
export const pumpedBytes = 256 * part.length

/** Writes as fast as it is taken, like a program that heeds back-pressure. */
export async function pump(connection: RawConnection): Promise<void> {
  for (let sent = 0; sent < pumpedBytes; sent += part.length) {
    connection.write(part)
    while (connection.unsentBytes > 2 * part.length && !connection.isClosed) await pause()
  }
}

/** The value once it has stood still for a quarter of a second, and is not 0. */
export async function settle(read: () => number): Promise<number> {
  let last = 0
  let since = performance.now()
  return eventually(() => {
    const value = read()
    if (value !== last) since = performance.now()
    last = value
    return performance.now() - since > 250 && value > 0 ? value : undefined
  }, 15_000)
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
