/** One kind of bound on what a tenant may use. */
export interface LimitKind {
  readonly name: string
  readonly summary: string
}
