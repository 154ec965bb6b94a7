import { defineEntity, defineFields } from '../kit/entity.ts'
import type { Field, FieldDeclarations, Fields, RowOf, ValuesOf } from '../kit/entity.ts'
import { boolean } from '../kit/field/boolean.ts'
import { bytes } from '../kit/field/bytes.ts'
import { choice } from '../kit/field/choice.ts'
import { currency } from '../kit/field/currency.ts'
import { dnsServerKind } from '../kit/field/dns-server.ts'
import { duration } from '../kit/field/duration.ts'
import { integer } from '../kit/field/integer.ts'
import { ipRangeKind } from '../kit/field/ip-range.ts'
import { list } from '../kit/field/list.ts'
import { name } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'
import { percent } from '../kit/field/percent.ts'
import { rate } from '../kit/field/rate.ts'
import { text } from '../kit/field/text.ts'
import { UserError } from '../kit/user-error.ts'

export type SettingRow = RowOf<typeof setting>

/** Only what was changed has a row; all else has the default that is declared below. */
export const setting = defineEntity({
  noun: 'setting',
  table: 'setting',
  summary: 'What holds for all tenants; a setting without a row has its default.',
  scope: 'global',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name of a declared setting.', isImmutable: true }),
    value: text({ summary: 'Its value, as the command line takes it.', maxLength: 10_000 }),
  },
})

const declared = {
  trustedProxies: list({
    summary: 'Peers whose forwarded headers are believed.',
    item: ipRangeKind,
    default: [],
  }),
  logRetentionDays: integer({ summary: 'Days of traffic log that are kept.', min: 1, max: 3_650, default: 30 }),
  logRetentionBytes: bytes({
    summary: 'Size of all traffic logs at which the oldest day goes.',
    minBytes: 10e6,
    default: 10e9,
  }),
  underscoreNames: choice({
    summary: 'What becomes of header fields whose name has an underscore.',
    choices: [
      { name: 'drop', summary: 'the field is left out' },
      { name: 'refuse', summary: 'the request is refused' },
    ],
    default: 'drop',
  }),
  maxConnections: integer({
    summary: 'Clients connected at once; 0 means as many as the limit of open files allows.',
    default: 0,
  }),
  maxConnectionsPerAddress: integer({ summary: 'Of them from one address; 0 means no bound.', default: 0 }),
  maxConnectionsPerTenant: integer({ summary: 'Of them those of one tenant; 0 means no bound.', default: 0 }),
  headerTimeoutMs: duration({ summary: 'Longest wait for a whole request head.', default: 10_000 }),
  idleTimeoutMs: duration({ summary: 'How long a client connection may lie idle.', default: 15_000 }),
  minBodyRate: bytes({
    summary: 'Bytes per second that a body must bring, measured over 10 seconds; 0 turns it off.',
    default: 240,
  }),
  writeTimeoutMs: duration({ summary: 'How long a client may take nothing of its response.', default: 30_000 }),
  endpointIdleConnections: integer({
    summary: 'Idle connections to one endpoint that a data thread keeps for reuse.',
    default: 4_096,
  }),
  endpointIdleTimeoutMs: duration({ summary: 'How long an endpoint connection may lie idle.', default: 30_000 }),
  tunnelIdleTimeoutMs: duration({ summary: 'How long a WebSocket may lie idle.', default: 300_000 }),
  tunnelMaxAgeMs: duration({ summary: 'How long a WebSocket may stay open.', default: 86_400_000 }),
  drainTimeoutMs: duration({ summary: 'How long a stopping server waits for requests under way.', default: 30_000 }),
  maxInFlight: integer({
    summary:
      'Requests of all tenants that are served at once, by their weights where more want to be; 0 means any number.',
    max: 1_000_000,
    default: 0,
  }),
  queue: integer({ summary: 'Requests of each tenant beyond that which wait for a place.', max: 10_000, default: 100 }),
  queueTimeoutMs: duration({ summary: 'How long they wait.', minMs: 10, default: 2_000 }),
  globalRate: optional(rate({ summary: 'Requests per period of all tenants together; without it any.' })),
  globalBurst: optional(
    integer({ summary: 'Of them so many at once; without it as many as the rate counts.', min: 1, max: 1e9 }),
  ),
  globalConcurrency: optional(
    integer({ summary: 'Requests of all tenants under way at once; without it any number.', min: 1, max: 1_000_000 }),
  ),
  traceSamplePercent: percent({
    summary: 'Share of requests whose records tell what each phase decided; those with a trace token always do.',
    label: 'trace sample',
    default: 0,
  }),
  rateLimitHeaders: choice({
    summary: 'How answers tell what is left of a limit.',
    choices: [
      { name: 'off', summary: 'they do not' },
      { name: 'standard', summary: 'with RateLimit-Policy and RateLimit (draft of the IETF)' },
      { name: 'legacy', summary: 'with X-RateLimit-Limit, -Remaining and -Reset' },
      { name: 'both', summary: 'with all of them' },
    ],
    default: 'standard',
  }),
  currency: currency({ summary: 'What prices are in.', default: 'USD' }),
  allowExec: boolean({
    summary: 'Whether pools may run commands, for health checks and to learn their endpoints.',
    default: false,
  }),
  dnsServers: list({
    summary: 'Name servers that are asked for endpoints that are names; without any those of /etc/resolv.conf.',
    item: dnsServerKind,
    default: [],
  }),
  allowAddresses: list({
    summary:
      "Addresses that endpoints may have although they are link-local, multicast, unspecified, of a cloud's metadata or of a listener.",
    item: ipRangeKind,
    default: [],
  }),
  zone: optional(name({ summary: 'Where this node stands: endpoints of the same zone are used first.' })),
} satisfies FieldDeclarations

export const settings: Fields<typeof declared> = defineFields(declared)
export const settingList: readonly Field[] = Object.values<Field>(settings)

export type Settings = ValuesOf<typeof declared>

export interface SettingMistake {
  readonly name: string
  readonly value: string
  readonly message: string
}

/** `headerTimeoutMs` is `header-timeout` to operators. */
export function settingName(field: Field): string {
  return field.flag.slice(2)
}

/** By the name that operators give it. */
export function findSetting(name: string): Field | undefined {
  return settingList.find((field) => settingName(field) === name)
}

/** All settings, defaults included. A row that says nothing sensible is reported and its default stands. */
export function parseSettings(rows: readonly SettingRow[]): {
  readonly settings: Settings
  readonly mistakes: readonly SettingMistake[]
} {
  const mistakes: SettingMistake[] = []
  const values = new Map(settingList.map((field) => [field.property, field.default]))
  for (const row of rows) {
    const field = findSetting(row.name)
    try {
      if (field === undefined) throw new UserError('usage', `there is no setting '${row.name}'`)
      values.set(field.property, field.parse(row.value))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      mistakes.push({ name: row.name, value: row.value, message: error.message })
    }
  }
  return { settings: Object.fromEntries(values) as Settings, mistakes }
}
