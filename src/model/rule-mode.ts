import { choice } from '../kit/field/choice.ts'

/** Whether a rule that can refuse does so: tried out first, or switched off without losing it. */
export function ruleMode({ summary }: { readonly summary: string }) {
  return choice({
    summary,
    choices: [
      { name: 'enforce', summary: 'it refuses' },
      { name: 'shadow', summary: 'it refuses nobody, and records say whom it would have refused' },
      { name: 'off', summary: 'it is not looked at' },
    ],
    default: 'enforce',
    isHidden: true,
  })
}
