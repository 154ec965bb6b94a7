import type { Algorithm } from './algorithm.ts'
import type { Candidates } from './candidates.ts'
import { PowerOfTwo } from './power-of-two.ts'

export const leastResponseTime: Algorithm = {
  name: 'least-response-time',
  summary: 'of two by chance, the one that should answer sooner for its weight',
  isTimed: true,
  create: (candidates, { seed }) => new PowerOfTwo(candidates, seed, (index) => expectedUs(candidates, index)),
}

/** Of an endpoint nobody has heard of for long: one request finds out, and others wait for what it finds. */
const unknownUs = 1e12

/** When a request would be answered if those under way are answered one after the other. */
function expectedUs(candidates: Candidates, index: number): number {
  const inFlight = candidates.inFlight(index)
  const latencyUs = candidates.latencyUs(index)
  const eachUs = latencyUs === 0 && inFlight > 0 ? unknownUs : latencyUs
  return (eachUs * (inFlight + 1)) / candidates.weights[index]
}
