/** An address or the base of a range: v4 in the first word, v6 in all four, most significant first. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly words: readonly number[]
}

export interface IpRange extends IpAddress {
  readonly prefixLength: number
}

const zero = 48
const dot = 46
const colon = 58
const scratch = new Uint32Array(4)
const groups = new Uint16Array(8)
const hexValues = new Int8Array(128).fill(-1)
const hexDigits = '0123456789abcdef'
for (let value = 0; value < 16; value++) {
  hexValues[hexDigits.charCodeAt(value)] = value
  hexValues[hexDigits.toUpperCase().charCodeAt(value)] = value
}

/** Strict: no leading zeros in v4, no zone in v6. A v4 address mapped into v6 (`::ffff:1.2.3.4`) is that v4 address. */
export function parseAddress(text: string): IpAddress | undefined {
  const family = readAddress(text, scratch)
  if (family === 0) return undefined
  return { family, words: family === 4 ? [scratch[0]] : [...scratch] }
}

/** `203.0.113.0/24`, `2001:db8::/32` or a single address. Bits behind the prefix must be zero: see `suggestRange`. */
export function parseRange(text: string): IpRange | undefined {
  const range = parseLooseRange(text)
  if (range === undefined || !hasSameBase(range, clearHostBits(range))) return undefined
  return range
}

/** What was probably meant where only bits behind the prefix are wrong: `203.0.113.7/24` gives `203.0.113.0/24`. */
export function suggestRange(text: string): string | undefined {
  const range = parseLooseRange(text)
  return range === undefined ? undefined : renderRange(clearHostBits(range))
}

/** The canonical text, always with its length: `203.0.113.0/24`, `2001:db8::1/128`. */
export function renderRange(range: IpRange): string {
  return `${renderAddress(range)}/${range.prefixLength}`
}

/** Canonical text; v6 as in RFC 5952. */
export function renderAddress({ family, words }: IpAddress): string {
  if (family === 4) return [24, 16, 8, 0].map((shift) => (words[0] >>> shift) & 255).join('.')
  const hex = words.flatMap((word) => [word >>> 16, word & 0xffff])
  const gap = longestZeroRun(hex)
  const render = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (gap.length < 2) return render(hex)
  return `${render(hex.slice(0, gap.start))}::${render(hex.slice(gap.start + gap.length))}`
}

/** Reads the first `end` characters into `words` without allocating; returns the family, 0 when it is no address. */
export function readAddress(text: string, words: Uint32Array, end = text.length): 0 | 4 | 6 {
  if (end > 45) return 0
  for (let at = 0; at < end && at < 5; at++) {
    const code = text.charCodeAt(at)
    if (code === dot) return readV4(text, 0, end, words) ? 4 : 0
    if (code === colon) return readV6(text, end, words)
  }
  return 0
}

function readV4(text: string, start: number, end: number, words: Uint32Array): boolean {
  let at = start
  let word = 0
  for (let octets = 0; octets < 4; octets++) {
    if (octets > 0 && text.charCodeAt(at++) !== dot) return false
    const first = at
    let octet = 0
    while (at < end && at - first < 3) {
      const digit = text.charCodeAt(at) - zero
      if (digit < 0 || digit > 9) break
      octet = octet * 10 + digit
      at += 1
    }
    if (at === first || octet > 255) return false
    if (at - first > 1 && text.charCodeAt(first) === zero) return false
    word = (word << 8) | octet
  }
  words[0] = word
  return at === end
}

function readV6(text: string, end: number, words: Uint32Array): 0 | 4 | 6 {
  const count = readGroups(text, end, words)
  if (count !== 8) return 0
  for (let word = 0; word < 4; word++) words[word] = (groups[word * 2] << 16) | groups[word * 2 + 1]
  if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0xffff) return 6
  words[0] = words[3]
  return 4
}

/** Fills `groups` and returns their number after `::` was widened: 8, or less when the text is no address. */
function readGroups(text: string, end: number, words: Uint32Array): number {
  if (text.charCodeAt(0) === colon && text.charCodeAt(1) !== colon) return 0
  let count = 0
  let gap = -1
  let group = 0
  let digits = 0
  for (let at = text.charCodeAt(0) === colon ? 1 : 0; at < end; at++) {
    const code = text.charCodeAt(at)
    const digit = code < 128 ? hexValues[code] : -1
    if (digit !== -1) {
      group = (group << 4) | digit
      digits += 1
      continue
    }
    if (code === dot) return count <= 6 && readV4(text, at - digits, end, words) ? widen(gap, addV4(count, words)) : 0
    if (code !== colon || digits > 4 || count === 8) return 0
    if (digits === 0) {
      if (gap !== -1) return 0
      gap = count
      continue
    }
    groups[count] = group
    count += 1
    group = 0
    digits = 0
  }
  if (digits === 0) return gap === count ? widen(gap, count) : 0
  if (digits > 4 || count === 8) return 0
  groups[count] = group
  return widen(gap, count + 1)
}

function addV4(count: number, words: Uint32Array): number {
  groups[count] = words[0] >>> 16
  groups[count + 1] = words[0] & 0xffff
  return count + 2
}

/** Moves what stands behind `::` to the end; `::` stands for at least one group. */
function widen(gap: number, count: number): number {
  if (gap === -1) return count
  if (count === 8) return 0
  groups.copyWithin(8 - (count - gap), gap, count)
  groups.fill(0, gap, 8 - (count - gap))
  return 8
}

function parseLooseRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/')
  const family = readAddress(text, scratch, slash === -1 ? text.length : slash)
  if (family === 0) return undefined
  const words = family === 4 ? [scratch[0]] : [...scratch]
  const bits = family === 4 ? 32 : 128
  if (slash === -1) return { family, words, prefixLength: bits }
  const suffix = text.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(suffix)) return undefined
  // A mapped range is written with the length of its v6 form: `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
  const isMapped = family === 4 && text.includes(':')
  const prefixLength = Number(suffix) - (isMapped ? 96 : 0)
  return prefixLength < 0 || prefixLength > bits ? undefined : { family, words, prefixLength }
}

function clearHostBits({ family, words, prefixLength }: IpRange): IpRange {
  const cleared = words.map((word, index) => {
    const kept = prefixLength - index * 32
    if (kept >= 32) return word
    return kept <= 0 ? 0 : (word & (-1 << (32 - kept))) >>> 0
  })
  return { family, words: cleared, prefixLength }
}

function hasSameBase(a: IpAddress, b: IpAddress): boolean {
  return a.words.every((word, index) => word === b.words[index])
}

function longestZeroRun(hex: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 }
  let length = 0
  for (const [index, group] of hex.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > longest.length) longest = { start: index + 1 - length, length }
  }
  return longest
}
