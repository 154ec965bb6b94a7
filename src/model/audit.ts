import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { choice } from '../kit/field/choice.ts'
import { integer } from '../kit/field/integer.ts'
import { json } from '../kit/field/json.ts'
import { optional } from '../kit/field/optional.ts'
import { text } from '../kit/field/text.ts'
import { time } from '../kit/field/time.ts'

export type AuditRow = RowOf<typeof audit>

/** How many characters are kept of what may be of any length. */
export const auditLengths = { actor: 200, command: 4_000, name: 1_000 } as const

/** Not one of `entities`: rows are only ever added, by the store, in the transaction of the change they tell of. */
export const audit = defineEntity({
  noun: 'audit',
  table: 'audit',
  summary: 'Who changed what, when, by which command.',
  scope: 'global',
  nameField: undefined,
  unique: 'nowhere',
  fields: {
    timeMs: time({ summary: 'When it was written.' }),
    actor: text({ summary: 'Operator: SUDO_USER, else login user, else user.', maxLength: auditLengths.actor }),
    command: text({ summary: 'Command as it was given.', maxLength: auditLengths.command, isHidden: true }),
    action: choice({
      summary: 'What was done.',
      choices: [
        { name: 'add', summary: 'The row is new.' },
        { name: 'set', summary: 'The row has other values.' },
        { name: 'remove', summary: 'The row is gone.' },
        { name: 'erase', summary: 'What the trail told of a tenant is gone.' },
      ],
    }),
    noun: text({ summary: 'What kind of thing it is.' }),
    name: text({ summary: 'Its name within its tenant.', maxLength: auditLengths.name }),
    tenant: optional(text({ summary: "The tenant's name at that time, if it is a tenant's." })),
    before: optional(json({ summary: 'Its values before; of keys the hash.', isHidden: true })),
    after: optional(json({ summary: 'Its values afterwards; of keys the hash.', isHidden: true })),
    revision: integer({ summary: 'Revision that the change made.' }),
  },
})
