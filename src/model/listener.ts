import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { bind } from '../kit/field/bind.ts'
import { name } from '../kit/field/name.ts'

export type ListenerRow = RowOf<typeof listener>

export const listener = defineEntity({
  noun: 'listener',
  table: 'listener',
  summary: 'An address on which requests are accepted.',
  scope: 'global',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name of the listener.', isImmutable: true }),
    bind: bind({ summary: 'Address and port; port 0 lets the kernel choose.' }),
  },
})
