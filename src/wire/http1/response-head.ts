import { MessageHead } from './message-head.ts'

/** A response's head that broke no rule. */
export class ResponseHead extends MessageHead {
  readonly kind = 'response_head'
  /** 100 to 599 (RFC 9110 section 15). */
  status = 0
  /** As received; may be empty. */
  reason = ''
}
