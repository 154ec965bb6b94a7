import { readFileSync } from 'node:fs'

/** A session at the prompt: commands with what they print. */
export interface Transcript {
  /** The lines before the first command. */
  readonly head: readonly string[]
  /** Words after `@` in the head of the file: `terminal 100`, `server`. */
  readonly directives: readonly string[]
  readonly steps: readonly Step[]
}

export interface Step {
  readonly command: string
  /** What follows the command in the file; `[exit N]` is its last line when N is not 0. */
  readonly expected: string
}

export function readTranscript(url: URL): Transcript {
  const lines = readFileSync(url, 'utf8').split('\n')
  const directives = lines.filter((line) => line.startsWith('@ ')).map((line) => line.slice(2))
  const starts = lines.flatMap((line, at) => (line.startsWith('$ ') ? [at] : []))
  const steps = starts.map((start, index) => ({
    command: lines[start].slice(2),
    expected: lines.slice(start + 1, starts[index + 1] ?? lines.length).join('\n').trimEnd(),
  }))
  return { head: lines.slice(0, starts[0]), directives, steps }
}

/** Replaces what differs from run to run. */
export function normalise(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'DATA')
    .replaceAll(/mtlb_[\w-]{43}/g, 'mtlb_SECRET')
    .replaceAll(/mtlb_[\w-]{4}\b(?!SECRET)/g, 'mtlb_HEAD')
    .replaceAll(/applied in \d+ ms/g, 'applied in N ms')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'REQUEST-ID')
    .replaceAll(/127\.0\.0\.1:(?!9\d{3}\b)(?!8080\b)\d{4,5}\b/g, '127.0.0.1:PORT')
    .trimEnd()
}

/** Words as a shell reads them: blanks separate, quotes hold together. */
export function splitWords(line: string): readonly string[] {
  return Array.from(line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g), ([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}
