import { UserError } from '../kit/user-error.ts'
import { dayAt, parseMonth } from '../kit/window.ts'
import type { Call } from './call.ts'
import { textFlag } from './call.ts'
import type { Flag } from './command.ts'

export const monthFlag: Flag = {
  name: 'month',
  value: 'month',
  summary: "The month: '2026-11'. Default: this one.",
}

/** `2026-11`; this month in UTC unless given. Throws UserError('usage'). */
export function readMonth(call: Call): string {
  const text = textFlag(call, 'month') ?? dayAt(call.surroundings.clock.wallMs(), 'UTC').slice(0, 7)
  if (parseMonth(text, 'UTC') !== undefined) return text
  throw new UserError('usage', `--month '${text}' is not a month`, "Write it like '2026-11'.")
}
