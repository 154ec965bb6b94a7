/**
 * Unix milliseconds of an RFC 3339 time or date, seconds optional; undefined when it is none. Without an offset it is
 * UTC, as everything that mtlb prints, wherever the machine stands.
 */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)([Zz]|[+-]\d\d:\d\d)?)?$/.exec(text)
  if (match === null) return undefined
  const [, date, clock = '00:00', offset = 'Z'] = match
  const ms = Date.parse(`${date}T${clock}${offset.toUpperCase()}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** RFC 3339 in UTC with milliseconds: `2026-11-20T12:00:00.000Z`. */
export function renderTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** To the second, which is near enough for people: `2026-11-20 12:00:00Z`. */
export function renderSeconds(ms: number): string {
  return `${renderTime(ms).slice(0, 19).replace('T', ' ')}Z`
}
