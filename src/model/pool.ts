import { algorithms } from '../balance/index.ts'
import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { openChoice } from '../kit/field/choice.ts'
import { duration } from '../kit/field/duration.ts'
import { name } from '../kit/field/name.ts'

export type PoolRow = RowOf<typeof pool>

export const pool = defineEntity({
  noun: 'pool',
  table: 'pool',
  summary: 'A set of endpoints that serve alike.',
  scope: 'tenant',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name of the pool, unique within its tenant.', isImmutable: true }),
    balance: openChoice({
      summary: 'How an endpoint is picked.',
      valueName: 'algorithm',
      choices: algorithms,
      default: 'round-robin',
    }),
    connectTimeoutMs: duration({ summary: 'Longest wait for a connection to an endpoint.', default: 5_000 }),
  },
})
