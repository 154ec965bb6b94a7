let cachedSecond = -1
let cachedText = ''

/** RFC 9110 section 5.6.7: `Fri, 20 Nov 2026 12:00:00 GMT`. Rendered once a second. */
export function renderHttpDate(wallMs: number): string {
  const second = Math.floor(wallMs / 1_000)
  if (second === cachedSecond) return cachedText
  cachedSecond = second
  cachedText = new Date(wallMs).toUTCString()
  return cachedText
}
