import { renderSeconds, renderTime } from '../../kit/time.ts'
import { renderDuration } from '../../kit/units.ts'

/** One field of the rows that a command prints, in its three looks. */
export interface Column<Row> {
  /** Stable snake_case name: the key in JSON and in the TSV of one row. */
  readonly key: string
  /** For people; a table shows it in capitals. */
  readonly title: string
  readonly isRight: boolean
  /** Left out of lists for people and pipes; `show` and `--json` have it. */
  readonly isDetail: boolean
  /** The first to go when a table is too wide for the terminal. */
  readonly isMinor: boolean
  /** For people: rounded, with units; empty when there is no value. */
  human(row: Row): string
  /** For pipes: raw numbers, RFC 3339 times in UTC, lists joined by commas. */
  raw(row: Row): string
  json(row: Row): unknown
}

/** One value of a row, in its raw unit. */
export type Cell = string | number | boolean | readonly string[] | undefined

/** What a cell measures: `duration` is milliseconds, `time` Unix milliseconds (0 means never), `bytes` and `number` counts. */
export type CellKind = 'text' | 'number' | 'boolean' | 'time' | 'duration' | 'bytes' | 'list'

/** A column of values of one kind; its title is the key in words. */
export function createColumn<Row>(
  key: string,
  kind: CellKind,
  value: (row: Row) => Cell,
  { isDetail = false, isMinor = false } = {},
): Column<Row> {
  return {
    key,
    title: key.replaceAll('_', ' '),
    isDetail,
    isMinor,
    isRight: kind === 'number' || kind === 'bytes' || kind === 'duration',
    human: (row) => humanCell(kind, value(row)),
    raw: (row) => rawCell(kind, value(row)),
    json: (row) => jsonCell(kind, value(row)),
  }
}

function humanCell(kind: CellKind, value: Cell): string {
  if (isMissing(kind, value)) return ''
  if (kind === 'boolean') return value === true ? 'yes' : 'no'
  if (typeof value !== 'number') return rawCell(kind, value)
  if (kind === 'number') return groupDigits(value)
  if (kind === 'bytes') return roundedBytes(value)
  if (kind === 'duration') return roundedDuration(value)
  if (kind === 'time') return renderSeconds(value)
  return String(value)
}

function rawCell(kind: CellKind, value: Cell): string {
  if (isMissing(kind, value)) return ''
  if (kind === 'time' && typeof value === 'number') return renderTime(value)
  return Array.isArray(value) ? value.join(',') : String(value)
}

function jsonCell(kind: CellKind, value: Cell): unknown {
  if (kind === 'list') return value ?? []
  if (isMissing(kind, value)) return kind === 'text' && value === '' ? '' : null
  return kind === 'time' && typeof value === 'number' ? renderTime(value) : value
}

function isMissing(kind: CellKind, value: Cell): boolean {
  if (value === undefined || value === '') return true
  return (kind === 'time' && value === 0) || (Array.isArray(value) && value.length === 0)
}

function groupDigits(value: number): string {
  const [whole, fraction] = String(value).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

function roundedBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let at = 0
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1_000
    at += 1
  }
  return `${at === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${units[at]}`
}

function roundedDuration(ms: number): string {
  if (ms >= 10_000) return coarseDuration(ms)
  if (Number.isInteger(ms)) return ms % 1_000 === 0 ? renderDuration(ms) : `${ms}ms`
  return ms < 100 ? `${Number(ms.toPrecision(3))}ms` : `${Math.round(ms)}ms`
}

/** In its two largest units: `17h 38m`. */
function coarseDuration(ms: number): string {
  const large = coarseUnits.find(([, size]) => ms >= size) ?? coarseUnits[coarseUnits.length - 1]
  const small = coarseUnits[Math.min(coarseUnits.indexOf(large) + 1, coarseUnits.length - 1)]
  const rounded = Math.round(ms / small[1]) * small[1]
  const rest = Math.round((rounded % large[1]) / small[1])
  return `${Math.floor(rounded / large[1])}${large[0]}${rest === 0 ? '' : ` ${rest}${small[0]}`}`
}

const coarseUnits: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
]
