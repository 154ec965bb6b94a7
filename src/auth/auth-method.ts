/** One way in which a caller proves who it is. */
export interface AuthMethod {
  readonly name: string
  readonly summary: string
}
