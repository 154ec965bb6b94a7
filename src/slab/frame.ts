/**
 * Byte offsets in a record's frame; little-endian, no gaps. The frame is a multiple of 8 bytes: this head, then the
 * strings one after another in the order of their lengths here: the user agent and the path last, then the failed
 * attempts and, behind a `|`, limits that merely shadow, if any, and behind others what has refused it and what phases noted, then zeros.
 */
export const frame = {
  /** u32, of the whole frame. */
  bytes: 0,
  /** u32, 0 in the ring: the recorder writes here with which fresh chunk the record first reached the disk. */
  freshId: 4,
  /** f64 */
  timeMs: 8,
  /** u32 each. */
  tenantId: 16,
  routeId: 20,
  keyId: 24,
  endpointId: 28,
  /** f64 each. */
  bytesIn: 32,
  bytesOut: 40,
  durationUs: 48,
  waitingUs: 56,
  endpointUs: 64,
  /** u16 */
  status: 72,
  /** u8 each; `isRejected` is 0 or 1. */
  attempts: 74,
  isRejected: 75,
  /** u16 each. */
  pathBytes: 76,
  userAgentBytes: 78,
  /** u8 each. */
  requestIdBytes: 80,
  clientBytes: 81,
  methodBytes: 82,
  hostBytes: 83,
  codeBytes: 84,
  text: 85,
} as const
