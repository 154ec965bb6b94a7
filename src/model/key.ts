import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { name } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'
import { text } from '../kit/field/text.ts'
import { time } from '../kit/field/time.ts'

export type KeyRow = RowOf<typeof key>

export const key = defineEntity({
  noun: 'key',
  table: 'key',
  summary: "A tenant's API key; only its hash is kept.",
  scope: 'tenant',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name of the key, unique within its tenant.', isImmutable: true }),
    hash: text({
      summary: 'Lower-case hex SHA-256 of the secret.',
      maxLength: 64,
      isManaged: true,
      isImmutable: true,
      isSecret: true,
    }),
    prefix: text({
      summary: 'First characters of the secret, to recognise it by.',
      maxLength: 16,
      isManaged: true,
      isImmutable: true,
    }),
    note: text({ summary: 'Free text for operators.', default: '' }),
    revokedMs: optional(time({ summary: 'When the key was revoked: it opens nothing since.', isManaged: true })),
  },
})
