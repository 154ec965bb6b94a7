import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { hostName } from '../kit/field/host-name.ts'
import { text } from '../kit/field/text.ts'

export type HostRow = RowOf<typeof host>

export const host = defineEntity({
  noun: 'host',
  table: 'host',
  summary: "A name that a tenant owns: requests for it are the tenant's.",
  scope: 'tenant',
  nameField: 'name',
  unique: 'everywhere',
  fields: {
    name: hostName({ summary: 'Exact name or *.wildcard, case-folded ASCII.', isImmutable: true }),
    note: text({ summary: 'Free text for operators.', default: '' }),
  },
})
