import { UserError } from '../../kit/user-error.ts'
import { parseSettings, setting } from '../../model/setting.ts'
import type { Store } from '../../store/store.ts'
import type { Values } from './flags.ts'
import type { Noun } from './noun.ts'

/** Throws UserError for values that do not go together, which the compiler would refuse, and for what the settings forbid. */
export function checkFit({ findMisfit, findForbidden }: Noun, store: Store, values: Values): void {
  const misfit = findMisfit?.(values)
  if (misfit !== undefined) throw new UserError('usage', misfit.message, misfit.hint)
  const forbidden = findForbidden?.(values, () => parseSettings(store.list(setting)).settings)
  if (forbidden !== undefined) throw new UserError('not_allowed', forbidden.message, forbidden.hint)
}
