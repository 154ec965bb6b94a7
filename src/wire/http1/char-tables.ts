/** Bytes the codec looks for by value. */
export const byteOf = {
  nul: 0,
  tab: 9,
  lf: 10,
  cr: 13,
  space: 32,
  percent: 37,
  dot: 46,
  slash: 47,
  colon: 58,
  backslash: 92,
} as const

const digits = '0123456789'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lower = 'abcdefghijklmnopqrstuvwxyz'

/** RFC 9110 section 5.6.2: `tchar`; 1 where it is one. */
export const isTokenByte = tableOf(digits + upper + lower + "!#$%&'*+-.^_`|~")

const isPlainNameByte = tableOf(digits + upper + lower + '-')

/** Of a byte of a field name: 0 where it is no token byte, else 1, with bit 2 set for `_` and 8 for what is neither that, letter, digit nor `-`. */
export const nameByte = isTokenByte.map((isToken, byte) => {
  if (byte === 95) return 3
  return isToken === 1 && isPlainNameByte[byte] === 0 ? 9 : isToken
})

/** Of a text that is not empty. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (isTokenByte[text.charCodeAt(at)] !== 1) return false
  }
  return true
}

/**
 * RFC 9110 section 9.1: methods are tokens, case-sensitive and by convention upper case. A method with a lower-case letter
 * is doubtful (`head`, `Connect`: what will the endpoint make of it?) and so is not one for us.
 */
export const isMethodByte = tableOf(digits + upper + "!#$%&'*+-.^_`|~")

/** RFC 9110 section 5.5: HTAB, SP, VCHAR and obs-text may stand in a field value. */
export const isFieldValueByte = tableWhere((byte) => byte === 9 || (byte >= 32 && byte !== 127))

/** RFC 3986 section 3.2.2, and of its `reg-name` only what names have: letters, digits, `-`, `.`, and `_`, which names of services use. */
export const isHostByte = tableOf(digits + upper + lower + '-._')

/** RFC 3986 section 2.3: decoding these never changes what a path means. */
export const isUnreservedByte = tableOf(digits + upper + lower + '-._~')

/** RFC 3986 section 3.3: `pchar` without `%`, and the slash: what may stand in a canonical path as it is. */
export const isPathByte = tableOf(digits + upper + lower + "-._~!$&'()*+,;=:@/")

/** What `targetKind` says of a byte of the request target. */
export const targetByte = { refused: 0, plain: 1, slashOrDot: 2, question: 3, special: 4 } as const

/**
 * RFC 9112 section 3.2: `refused` ends the target: controls, SP, non-ASCII, fragment and backslash. `special` needs
 * canonicalising in a path: `%`, and what RFC 3986 section 3.3 does not allow there but clients send (`"<>[]^{|}` and the grave).
 */
export const targetKind = tableWhere((byte) => {
  const character = String.fromCharCode(byte)
  if (byte <= 32 || byte >= 127 || character === '#' || character === '\\') return targetByte.refused
  if (character === '/' || character === '.') return targetByte.slashOrDot
  if (character === '?') return targetByte.question
  return isPathByte[byte] === 1 ? targetByte.plain : targetByte.special
})

const notHex = 255

/** Value of a hexadecimal digit; 255 where it is none. */
export const hexValue = tableWhere((byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase())
  return value === -1 ? notHex : value
})

/** ASCII lower case of a byte: never Unicode's, so that look-alikes stay different. */
export const lowerByte = tableWhere((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))

function tableOf(characters: string): Uint8Array {
  return tableWhere((byte) => characters.includes(String.fromCharCode(byte)))
}

function tableWhere(valueOf: (byte: number) => number | boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(valueOf(byte)))
}
