import type { Algorithm } from './algorithm.ts'
import type { Candidates } from './candidates.ts'
import { PowerOfTwo } from './power-of-two.ts'

export const twoChoices: Algorithm = {
  name: 'two-choices',
  summary: 'of two by chance, the one with fewer requests under way for its weight',
  create: (candidates, { seed }) => new PowerOfTwo(candidates, seed, (index) => loadOf(candidates, index)),
}

function loadOf(candidates: Candidates, index: number): number {
  return (candidates.inFlight(index) + 1) / candidates.weights[index]
}
