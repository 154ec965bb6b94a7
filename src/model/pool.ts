import { algorithms } from '../balance/index.ts'
import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { boolean } from '../kit/field/boolean.ts'
import { choice, openChoice } from '../kit/field/choice.ts'
import { duration } from '../kit/field/duration.ts'
import { factor } from '../kit/field/factor.ts'
import { filePath } from '../kit/field/file-path.ts'
import { hashSource } from '../kit/field/hash-source.ts'
import { headerKind } from '../kit/field/header.ts'
import { hostName } from '../kit/field/host-name.ts'
import { integer } from '../kit/field/integer.ts'
import { jsonMatch } from '../kit/field/json-match.ts'
import { list } from '../kit/field/list.ts'
import { name } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'
import { pathPrefix } from '../kit/field/path-prefix.ts'
import { percent } from '../kit/field/percent.ts'
import { statusRangeKind } from '../kit/field/status-range.ts'
import { text } from '../kit/field/text.ts'
import { breakerFields } from './breaker-fields.ts'
import { ruleMode } from './rule-mode.ts'

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
    health: choice({
      summary: 'How endpoints are checked.',
      choices: [
        { name: 'off', summary: 'they are not' },
        { name: 'tcp', summary: 'a connection can be made' },
        { name: 'http', summary: 'a request is answered as it should be, over TLS where the URL says https' },
        { name: 'exec', summary: 'a command ends well; needs the setting allow-exec' },
      ],
      default: 'off',
      isHidden: true,
    }),
    healthMethod: choice({
      summary: 'Method of a check.',
      choices: [
        { name: 'GET', summary: 'with the body' },
        { name: 'HEAD', summary: 'without it' },
      ],
      default: 'GET',
      isHidden: true,
    }),
    healthPath: pathPrefix({ summary: 'Path of a check.', default: '/', isHidden: true }),
    healthHost: optional(hostName({ summary: "Host that a check asks for; without it the URL's.", isHidden: true })),
    healthStatuses: list({
      summary: 'Statuses that are good.',
      label: 'health status',
      item: statusRangeKind,
      default: ['200-399'],
      isHidden: true,
    }),
    healthBody: optional(
      text({
        summary: 'What the first 64 KiB of the body must have in them; without it any body is good.',
        isHidden: true,
      }),
    ),
    healthIntervalMs: duration({
      summary: 'Time between two checks, give or take a tenth.',
      minMs: 100,
      default: 5_000,
      isHidden: true,
    }),
    healthDownIntervalMs: optional(
      duration({
        summary: 'The same while the endpoint is down; without it no different.',
        minMs: 100,
        isHidden: true,
      }),
    ),
    healthTimeoutMs: duration({ summary: 'How long a check may take.', minMs: 10, default: 2_000, isHidden: true }),
    rise: integer({
      summary: 'Good checks in a row that bring an endpoint up.',
      min: 1,
      max: 100,
      default: 2,
      isHidden: true,
    }),
    fall: integer({ summary: 'Bad checks in a row that bring it down.', min: 1, max: 100, default: 3, isHidden: true }),
    ejectAfter: integer({
      summary: 'Requests in a row that an endpoint fails before it is ejected for a time; 0 means never.',
      max: 10_000,
      default: 5,
      isHidden: true,
    }),
    ejectTimeMs: duration({
      summary: 'How long the first ejection lasts; each further one lasts twice as long.',
      default: 10_000,
      isHidden: true,
    }),
    ejectMaxTimeMs: duration({ summary: 'How long an ejection lasts at most.', default: 300_000, isHidden: true }),
    retryBudgetPercent: percent({
      summary: 'Retries that the pool allows as a share of its requests, beside 10 a second.',
      label: 'retry budget',
      default: 20,
      isHidden: true,
    }),
    maxInFlight: integer({
      summary: 'Requests that the pool serves at once; 0 means any number.',
      max: 1_000_000,
      default: 0,
      isHidden: true,
    }),
    queue: integer({
      summary: 'Requests beyond that, or beyond what its endpoints take, that wait for a place; 0 means none.',
      max: 10_000,
      default: 0,
      isHidden: true,
    }),
    queueTimeoutMs: duration({ summary: 'How long they wait.', minMs: 10, default: 2_000, isHidden: true }),
    ejectDeviationPercent: factor({
      summary:
        'Standard deviations that the success rate of an ejected endpoint is below the mean of all; 0 means never.',
      label: 'eject deviation',
      minPercent: 0,
      maxPercent: 1_000,
      default: 190,
      isHidden: true,
    }),
    ejectMinRequests: integer({
      summary: 'Requests in ten seconds without which an endpoint is not compared with others.',
      min: 1,
      max: 1_000_000,
      default: 100,
      isHidden: true,
    }),
    breaker: choice({
      summary: 'What a circuit breaker keeps requests from while they fail.',
      choices: [
        { name: 'off', summary: 'nothing' },
        { name: 'endpoints', summary: 'each endpoint by itself' },
        { name: 'pool', summary: 'the pool as a whole' },
        { name: 'both', summary: 'both' },
      ],
      default: 'off',
      isHidden: true,
    }),
    ...breakerFields,
    healthHeaders: list({
      summary: "Headers that a check sends: 'X-Probe: yes'.",
      label: 'health header',
      item: headerKind,
      default: [],
      isHidden: true,
    }),
    healthJson: optional(
      jsonMatch({
        summary: "What a JSON body must have: 'checks.db=up'; without it any body is good.",
        isHidden: true,
      }),
    ),
    healthCommand: optional(
      text({ summary: "What health 'exec' runs, in a shell: exit code 0 is good.", maxLength: 1_000, isHidden: true }),
    ),
    adaptive: boolean({
      summary: 'Whether it finds out by itself how many requests it serves at once; --max-in-flight is then the most.',
      default: false,
      isHidden: true,
    }),
    breakerMode: ruleMode({ summary: 'Whether an open circuit breaker of the pool is enforced.' }),
    fromFile: optional(
      filePath({ summary: 'JSON file with further endpoints, read anew when it changes.', isHidden: true }),
    ),
    fromExec: optional(
      text({
        summary: 'Command, run in a shell, that says further endpoints; needs the setting allow-exec.',
        maxLength: 1_000,
        isHidden: true,
      }),
    ),
    refreshMs: duration({
      summary: 'Time between two runs of that command.',
      minMs: 1_000,
      default: 10_000,
      isHidden: true,
    }),
  },
})
