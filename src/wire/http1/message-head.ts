const noText: string[] = []
const noIds: number[] = []

/** What a request's and a response's head have in common. Mutable while it is parsed, read-only by custom afterwards. */
export abstract class MessageHead {
  minorVersion: 0 | 1 = 1
  /**
   * `Name: value` and CRLF, as each field is written on: parallel with `fieldValues` and `fieldIds`, in order, names in the
   * sender’s case. Never pushed to, because heads without fields share one array.
   */
  fieldLines: string[] = noText
  /** Trimmed of optional white space; latin1, obs-text allowed. */
  fieldValues: string[] = noText
  /** Members of `fieldId`. */
  fieldIds: number[] = noIds
  /** Bit `id` is set for an id below 32 that is there, and in `repeatedIds` for one that is there more than once. */
  seenIds = 0
  repeatedIds = 0
  /** -1 when there is no Content-Length. */
  contentLength = -1
  isChunked = false
  /** RFC 9112 section 9.3: from the version and Connection. */
  keepAlive = true
  /** Lower-case names listed in Connection other than `close` and `keep-alive`; usually a shared empty array. */
  connectionOptions: string[] = noText
  /** Of the head with its final empty line. */
  byteLength = 0

  get fieldNames(): string[] {
    return this.fieldLines.map(nameOf)
  }

  /** The first value of that field; `id` is not `fieldId.other`. */
  valueOf(id: number): string | undefined {
    const index = this.fieldIds.indexOf(id)
    return index === -1 ? undefined : this.fieldValues[index]
  }
}

/** RFC 9112 section 5: what stands before the colon. */
export function nameOf(fieldLine: string): string {
  return fieldLine.slice(0, fieldLine.indexOf(':'))
}
