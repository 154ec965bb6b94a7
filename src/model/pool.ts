import { algorithms } from '../balance/index.ts'
import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { choice, openChoice } from '../kit/field/choice.ts'
import { duration } from '../kit/field/duration.ts'
import { factor } from '../kit/field/factor.ts'
import { hashSource } from '../kit/field/hash-source.ts'
import { name } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'
import { percent } from '../kit/field/percent.ts'

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
    hashOn: optional(
      hashSource({
        summary: "What balance 'hash' looks at: header:NAME, cookie:NAME, query:NAME, path, tenant or key.",
        isHidden: true,
      }),
    ),
    hashLoadPercent: optional(
      factor({
        summary: 'Most that one endpoint gets by its hash, as a multiple of the mean under way; without it any load.',
        label: 'hash load',
        minPercent: 101,
        maxPercent: 10_000,
        isHidden: true,
      }),
    ),
    sticky: choice({
      summary: 'What keeps a client at its endpoint.',
      choices: [
        { name: 'off', summary: 'every request is balanced anew' },
        { name: 'cookie', summary: 'a signed cookie, for as long as the endpoint may be used' },
        { name: 'ip', summary: "the client's address decides instead of the algorithm" },
      ],
      default: 'off',
      isHidden: true,
    }),
    stickyAgeMs: duration({
      summary: 'How long a sticky cookie is good; in the second half of it the client is given a new one.',
      minMs: 1_000,
      default: 86_400_000,
      isHidden: true,
    }),
    connectTimeoutMs: duration({ summary: 'Longest wait for a connection to an endpoint.', default: 5_000 }),
    slowStartMs: duration({
      summary: 'How long the share of an endpoint grows that is new or back; 0 means that it has it at once.',
      minMs: 0,
      default: 0,
      isHidden: true,
    }),
    spillBelowPercent: percent({
      summary: "Share of the healthy among endpoints of the node's own zone below which other zones serve as well.",
      label: 'spill below',
      default: 70,
      isHidden: true,
    }),
    panicBelowPercent: percent({
      summary: 'Share of the healthy among all endpoints below which all are used, healthy or not; 0% means never.',
      label: 'panic below',
      default: 0,
      isHidden: true,
    }),
  },
})
