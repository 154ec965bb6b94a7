/**
 * JSON that is safe to show: what JSON itself leaves raw and a terminal might obey or reorder (DEL, C1, bidirectional
 * marks, line separators) is written as `\uNNNN`, which means the same.
 */
export function encodeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(unsafe, escapeCharacter)
}

const unsafe = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function escapeCharacter(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
