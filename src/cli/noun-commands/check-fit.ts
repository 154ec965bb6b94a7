import { UserError } from '../../kit/user-error.ts'
import type { Values } from './flags.ts'
import type { Noun } from './noun.ts'

/** Throws UserError('usage') for values that do not go together, which the compiler would refuse. */
export function checkFit({ findMisfit }: Noun, values: Values): void {
  const misfit = findMisfit?.(values)
  if (misfit !== undefined) throw new UserError('usage', misfit.message, misfit.hint)
}
