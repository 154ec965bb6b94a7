/** What went wrong on the wire. The codes are those of the rejection table where the client can still be told. */
export type FaultCode =
  | 'endpoint_connect'
  | 'endpoint_timeout'
  | 'endpoint_protocol'
  | 'endpoint_closed'
  | 'client_closed'
  | 'client_timeout'

/** A failure talking to the endpoint or the client: a value that travels up, never thrown. */
export interface Fault {
  readonly code: FaultCode
  readonly side: 'client' | 'endpoint'
  /** Whether any byte of the request may have reached the endpoint. */
  readonly hasSent: boolean
  /** The connection had served before and closed before the answer's first byte: most likely it was merely idle for too long. */
  readonly isStale: boolean
  /** For the log: `ECONNREFUSED`, a parser's reason. */
  readonly detail: string
}

/** The connection could not be made: nothing was sent, another endpoint may be tried whatever the method. */
export function connectFault(detail: string): Fault {
  return { code: 'endpoint_connect', side: 'endpoint', hasSent: false, isStale: false, detail }
}

export function endpointFault(code: FaultCode, detail: string, isStale: boolean): Fault {
  return { code, side: 'endpoint', hasSent: true, isStale, detail }
}

/** The client went away or broke its own message; there is nobody to answer. */
export function clientFault(code: 'client_closed' | 'client_timeout', detail: string): Fault {
  return { code, side: 'client', hasSent: true, isStale: false, detail }
}
