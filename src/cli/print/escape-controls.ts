/**
 * Makes text from outside (a path, a user agent, a note) safe to show: control characters, which could drive the
 * terminal or break a line of TSV, and marks that reorder text come out as `\xNN` or `\u{NNNN}`, tab and line feed as
 * `\t` and `\n`.
 */
export function escapeControls(text: string): string {
  return isHarmless(text) ? text : text.replace(unsafe, escapeCharacter)
}

// C0, DEL, C1, line and paragraph separators, bidirectional controls, lone surrogates.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu

function isHarmless(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}

function escapeCharacter(character: string): string {
  if (character === '\t') return String.raw`\t`
  if (character === '\n') return String.raw`\n`
  if (character === '\r') return String.raw`\r`
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).padStart(2, '0')
  return code < 0x100 ? String.raw`\x${hex}` : String.raw`\u{${hex}}`
}
