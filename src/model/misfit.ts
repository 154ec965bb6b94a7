/** Values of one row that are good each by itself and do not go together. */
export interface Misfit {
  readonly field: string
  readonly message: string
  readonly hint: string
}
