import { authMethods } from '../auth/index.ts'
import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { boolean } from '../kit/field/boolean.ts'
import { bytes } from '../kit/field/bytes.ts'
import { choice, openChoice } from '../kit/field/choice.ts'
import { duration } from '../kit/field/duration.ts'
import { integer } from '../kit/field/integer.ts'
import { headerMatch } from '../kit/field/header-match.ts'
import { list } from '../kit/field/list.ts'
import { methodKind } from '../kit/field/method.ts'
import { mirror } from '../kit/field/mirror.ts'
import { name } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'
import { pathRegex } from '../kit/field/path-regex.ts'
import { requestMatchKind } from '../kit/field/request-match.ts'
import { pathPrefix } from '../kit/field/path-prefix.ts'
import { poolReference } from '../kit/field/pool-reference.ts'
import { retryCauseKind } from '../kit/field/retry-cause.ts'
import { splitKind, splitSource } from '../kit/field/split.ts'
import { ruleMode } from './rule-mode.ts'

export type RouteRow = RowOf<typeof route>

export const route = defineEntity({
  noun: 'route',
  table: 'route',
  summary: "What of a tenant's traffic goes to which pool.",
  scope: 'tenant',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name of the route, unique within its tenant.', isImmutable: true }),
    path: pathPrefix({ summary: 'Path prefix, matched by whole segments; the longest wins.', default: '/' }),
    methods: list({ summary: 'Methods that it takes; none means every method.', item: methodKind, default: [] }),
    // A name without a foreign key: a route may be written before its pool, and the compiler says what is missing.
    pool: poolReference({
      summary: "Name of the tenant's pool that serves it, or 'shared/NAME' of one that is granted.",
    }),
    auth: openChoice({ summary: 'What a client must present.', choices: authMethods, default: 'key' }),
    stripPrefix: boolean({ summary: 'Whether the path prefix is cut off before sending.', default: false }),
    pathMode: choice({
      summary: 'Which paths it takes, and how they are sent on.',
      choices: [
        { name: 'canonical', summary: 'in their one spelling; an encoded slash, backslash or NUL is refused' },
        { name: 'raw', summary: 'as the client wrote them, with these three' },
      ],
      default: 'canonical',
      isHidden: true,
    }),
    websocket: boolean({ summary: 'Whether it lets a client open a WebSocket.', default: true, isHidden: true }),
    maxBodyBytes: optional(
      bytes({ summary: 'Longest request body; without it any length is taken.', label: 'max body', isHidden: true }),
    ),
    timeoutMs: duration({
      summary: 'Longest wait for the response to begin, once the request is complete.',
      default: 60_000,
    }),
    idleTimeoutMs: duration({
      summary: 'Longest silence of the endpoint within a response, or while it should take a request.',
      default: 60_000,
      isHidden: true,
    }),
    requestTimeoutMs: optional(
      duration({
        summary: 'Longest time from request to end of response; without it there is no bound.',
        isHidden: true,
      }),
    ),
    attempts: integer({
      summary: 'Endpoints that one request is sent to at most, one after the other.',
      min: 1,
      max: 10,
      default: 3,
      isHidden: true,
    }),
    retryOn: list({
      summary: 'What another attempt follows: connect, reset, timeout, protocol, or statuses of 5xx like 502-504.',
      item: retryCauseKind,
      default: ['connect', 'reset'],
      isHidden: true,
    }),
    retryNonIdempotent: boolean({
      summary: 'Whether POST and the like are sent again as well, though they may have been carried out.',
      default: false,
      isHidden: true,
    }),
    retryBackoffMs: duration({
      summary: 'Longest wait before the second retry, doubling with each further one; the first goes at once.',
      default: 25,
      isHidden: true,
    }),
    hedge: boolean({
      summary: 'Whether a request that waits longer than 95 % of them do is sent to a second endpoint as well.',
      default: false,
      isHidden: true,
    }),
    authMode: ruleMode({ summary: 'Whether what a client must present is enforced.' }),
    maxBodyMode: ruleMode({ summary: 'Whether --max-body is enforced.' }),
    split: list({
      summary:
        "Pools among which it is split by weight, in place of --pool: 'web=95,canary=5'; none means that it is not.",
      item: splitKind,
      default: [],
      isHidden: true,
    }),
    splitOn: splitSource({
      summary:
        'What keeps requests with their pool: request (nothing), client, key, cookie:NAME, header:NAME, query:NAME.',
      default: 'request',
      isHidden: true,
    }),
    splitHeader: optional(
      headerMatch({ summary: "Header that leads to the last pool of the split: 'X-Canary=1'.", isHidden: true }),
    ),
    match: list({
      summary:
        "Conditions on header fields, cookies and query: 'header:X-Beta', 'cookie:group=beta', 'query:v=2*'; all must hold.",
      item: requestMatchKind,
      default: [],
      isHidden: true,
    }),
    pathRegex: optional(
      pathRegex({ summary: 'Expression in RE2 syntax that the whole path must match as well.', isHidden: true }),
    ),
    mirror: optional(
      mirror({
        summary: "Pool that gets copies of its requests, whose answers nobody hears, and of how many: 'canary=10%'.",
        isHidden: true,
      }),
    ),
  },
})
