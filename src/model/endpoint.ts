import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { endpointUrl } from '../kit/field/endpoint-url.ts'
import { integer } from '../kit/field/integer.ts'

export type EndpointRow = RowOf<typeof endpoint>

export const endpoint = defineEntity({
  noun: 'endpoint',
  table: 'endpoint',
  summary: 'One address that requests are sent to.',
  scope: 'pool',
  nameField: 'url',
  fields: {
    url: endpointUrl({ summary: 'Scheme, host and port; unique within its pool.', isImmutable: true }),
    weight: integer({
      summary: 'Share of the traffic; 0 drains: never picked, requests under way finish.',
      min: 0,
      max: 1_000,
      default: 1,
    }),
  },
})
