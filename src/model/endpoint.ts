import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { boolean } from '../kit/field/boolean.ts'
import { choice } from '../kit/field/choice.ts'
import { endpointUrl } from '../kit/field/endpoint-url.ts'
import { integer } from '../kit/field/integer.ts'
import { name } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'

export type EndpointRow = RowOf<typeof endpoint>

export const endpoint = defineEntity({
  noun: 'endpoint',
  table: 'endpoint',
  summary: 'Where requests are sent: an address, or a name with all its addresses.',
  scope: 'pool',
  nameField: 'url',
  fields: {
    url: endpointUrl({
      summary: 'Scheme, host and port, or a service: srv+http://_web._tcp.internal; unique within its pool.',
      isImmutable: true,
    }),
    weight: integer({
      summary: 'Share of the traffic; 0 drains: never picked, requests under way finish.',
      min: 0,
      max: 1_000,
      default: 1,
    }),
    state: choice({
      summary: 'Whether it is given requests.',
      choices: [
        { name: 'enabled', summary: 'it is' },
        { name: 'draining', summary: 'none but those of clients that a cookie pins to it' },
        { name: 'disabled', summary: 'none; requests under way finish' },
      ],
      default: 'enabled',
      isManaged: true,
    }),
    priority: integer({
      summary: 'Group within the pool: 0 serves first, others while nobody of a lower number may.',
      max: 15,
      default: 0,
      isHidden: true,
    }),
    backup: boolean({
      summary: 'Whether it serves only while nobody else may.',
      default: false,
      isHidden: true,
    }),
    zone: optional(name({ summary: 'Where it stands; see the setting zone.', isHidden: true })),
    maxConnections: integer({
      summary: 'Requests that it is given at once, each over a connection of its own; 0 means any number.',
      max: 1_000_000,
      default: 0,
      isHidden: true,
    }),
  },
})
