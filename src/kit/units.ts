export interface Rate {
  readonly count: number
  readonly periodMs: number
}

// Each list goes from the largest unit to the smallest, as rendering needs it.
const durationUnits: readonly Unit[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]
const byteUnits: readonly Unit[] = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
  ['B', 1],
]
const binaryByteUnits: readonly Unit[] = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
]

type Unit = readonly [name: string, size: number]

/** Milliseconds of `15m`, `1.5s`, `250ms`, `2d`, `1w` or `0`; undefined when it is not a whole number of them. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  return parseQuantity(text, durationUnits)
}

/** The shortest exact text: 900000 gives `15m`, 90000 gives `90s`. */
export function renderDuration(ms: number): string {
  return renderQuantity(ms, durationUnits)
}

/** Bytes of `10MB`, `64KiB`, `1.5GB` or `4096`; decimal and binary units, in either case. */
export function parseBytes(text: string): number | undefined {
  const quantity = /^\d+$/.test(text) ? `${text}B` : text
  return parseQuantity(quantity, [...byteUnits, ...binaryByteUnits])
}

/** The shortest exact text, in binary units only where decimal ones do not divide: `10MB`, `64KiB`, `1001B`. */
export function renderBytes(bytes: number): string {
  if (bytes % 1_000 !== 0 && bytes % 1_024 === 0) return renderQuantity(bytes, binaryByteUnits)
  return renderQuantity(bytes, byteUnits)
}

const countUnits: readonly Unit[] = [
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
  ['', 1],
]

/** `1000000`, `10M`, `1.5k`; letters in this case only, since `1m` is a minute. Undefined when it is not a whole number. */
export function parseCount(text: string): number | undefined {
  const match = /^(\d{1,16})(\.\d{1,6})?([kMG]?)$/.exec(text)
  if (match === null) return undefined
  const [, size] = countUnits.find(([name]) => name === match[3])!
  const count = Number((Number(match[1] + (match[2] ?? '')) * size).toPrecision(15))
  return Number.isSafeInteger(count) ? count : undefined
}

/** The shortest exact text: 10000000 gives `10M`. */
export function renderCount(count: number): string {
  return renderQuantity(count, countUnits)
}

/** `100/s`, `6000/m`, `5/10s`: a count of at least 1 per period of at least 1 ms. */
export function parseRate(text: string): Rate | undefined {
  const match = /^(\d{1,15})\/(\d*)([a-z]+)$/.exec(text)
  if (match === null) return undefined
  const count = Number(match[1])
  const periodMs = parseDuration(`${match[2] || '1'}${match[3]}`)
  if (count === 0 || periodMs === undefined || periodMs === 0) return undefined
  return { count, periodMs }
}

/** `parseRate` reads it back: `100/s`, `5/10s`. */
export function renderRate({ count, periodMs }: Rate): string {
  const period = renderDuration(periodMs)
  return `${count}/${/^1[a-z]/.test(period) ? period.slice(1) : period}`
}

function parseQuantity(text: string, units: readonly Unit[]): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)([A-Za-z]{1,3})$/.exec(text)
  if (match === null) return undefined
  const name = match[2].toLowerCase()
  const unit = units.find(([candidate]) => candidate.toLowerCase() === name)
  if (unit === undefined) return undefined
  const quantity = Number((Number(match[1]) * unit[1]).toPrecision(15))
  return Number.isSafeInteger(quantity) ? quantity : undefined
}

function renderQuantity(quantity: number, units: readonly Unit[]): string {
  const smallest = units[units.length - 1]
  const [name, size] = units.find(([, candidate]) => quantity >= candidate && quantity % candidate === 0) ?? smallest
  return `${quantity / size}${name}`
}
