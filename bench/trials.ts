/** One kind of load. Every trial is put to every competitor that can stand it, in turns. */
export interface Trial {
  readonly name: string
  readonly summary: string
  readonly connections: number
  /** What the load presents: the tenant's key, or one that nobody has. */
  readonly presents: 'key' | 'wrong_key'
  /** Every single answer must have it. */
  readonly status: 200 | 401
}

export const trials: readonly Trial[] = [
  { name: 'get', summary: 'small GET, keep-alive', connections: 64, presents: 'key', status: 200 },
  { name: 'rejected', summary: 'small GET with a wrong key', connections: 64, presents: 'wrong_key', status: 401 },
]

export const wrongKey = 'mtlb_wrong0000000000000000000000000000000000000000'
