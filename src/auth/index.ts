import { key } from './key.ts'
import { none } from './none.ts'

/** Every method of authentication; the first is the default of a route. */
export const authMethods = [key, none] as const
