import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Gives back what a large change has left behind on the main thread, which may then do nothing for hours: V8 collects
 * when memory is asked for. After reading 10,000 tenants that is 95 MB; it takes 30 ms, in which no traffic waits.
 */
export function collectGarbage(): void {
  // Contexts made from here on have the function; ours does not, and nothing else makes one.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: object) => void
  setFlagsFromString('--no-expose-gc')
  collect({ flavor: 'last-resort' })
}
