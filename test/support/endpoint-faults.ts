import type { EndpointFault } from './fault-proxy.ts'

/** Faults that an endpoint may have. Where the answer has begun before, nobody can take it back. */
export const endpointFaults: readonly (readonly [name: string, fault: EndpointFault])[] = [
  ['refuses connections', { kind: 'refuse' }],
  ['resets connections', { kind: 'reset' }],
  ['never answers', { kind: 'stall', atByte: 0 }],
  ['stops in the middle of its answers', { kind: 'stall', atByte: 1_000 }],
  ['is too slow', { kind: 'slow', delayMs: 600 }],
  ['answers garbage', { kind: 'garbage' }],
  ['is gone, and its connections stand', { kind: 'half-open' }],
  ['fails 5 % of its requests', { kind: 'errors', percent: 5 }],
]
