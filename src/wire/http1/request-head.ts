import { MessageHead } from './message-head.ts'

/** A request's head that broke no rule. */
export class RequestHead extends MessageHead {
  readonly kind = 'request_head'
  method = ''
  /** Canonical (see `canonicalPath`), the one string that is matched, logged and sent; `*` only for `OPTIONS *`. */
  path = ''
  /** As the client wrote it, for routes that send it so. */
  rawPath = ''
  /** The path has an encoded slash, backslash or NUL, which only a route for raw paths takes. */
  hasOpaqueEscape = false
  /** Empty, or starting with `?`, as received. */
  query = ''
  /** Lower case, without port and trailing dot, IPv6 in brackets; empty only for HTTP/1.0 without Host. */
  host = ''
  /** Lower case `host[:port]`. */
  authority = ''
  /** RFC 9110 section 10.1.1: an HTTP/1.1 client waits for 100 before it sends the content it announced. */
  expectsContinue = false
}
