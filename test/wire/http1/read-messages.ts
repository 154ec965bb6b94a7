/** One message as a parser understood it; what a test compares. Strings are latin1. */
export interface ReadMessage {
  /** Method and target, or status and reason. */
  readonly start: string
  readonly minorVersion: number
  readonly fields: [name: string, value: string][]
  readonly keepAlive: boolean
  body: string
  isComplete: boolean
}

export interface ReadMessages {
  readonly messages: ReadMessage[]
  /** Why reading ended before the bytes did. */
  error: string | undefined
}
