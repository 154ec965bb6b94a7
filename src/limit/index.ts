import { gcra } from './gcra.ts'
import type { LimitKind } from './limit-kind.ts'

/** Every kind of limit. */
export const limitKinds: readonly LimitKind[] = [gcra]
