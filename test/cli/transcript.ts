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
    expected: lines
      .slice(start + 1, starts[index + 1] ?? lines.length)
      .join('\n')
      .trimEnd(),
  }))
  return { head: lines.slice(0, starts[0]), directives, steps }
}

export function renderTranscript(
  head: readonly string[],
  played: readonly { command: string; actual: string }[],
): string {
  const body = played.map(({ command, actual }) => (actual === '' ? `$ ${command}` : `$ ${command}\n${actual}`))
  return `${[...head, ...body].join('\n')}\n`
}

/** Replaces what differs from run to run. The tests' own clock stands at noon of a day, which stays. */
export function normalise(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'DATA')
    .replaceAll(/mtlb_[\w-]{43}/g, 'mtlb_SECRET')
    .replaceAll(/mtlb_(?!SECRET)[\w-]{4}(?![\w-])/g, 'mtlb_HEAD')
    .replaceAll(/applied in \d+ ms/g, 'applied in N ms')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'REQUEST-ID')
    .replaceAll(/20\d\d-\d\d-\d\dT(?!12:00:00\.000)[\d:.]+Z/g, 'TIME')
    .replaceAll(/pid \d+/g, 'pid N')
    .replaceAll(/up \d+m?s/g, 'up N s')
    .replaceAll(/\d+ accepted/g, 'N accepted')
    .replaceAll(/"((?:duration|endpoint|p\d\d)_ms|bytes_(?:in|out))": ?[\d.]+/g, '"$1": N')
    .replaceAll(
      /(?<=^TIME\tREQUEST-ID.*)(?:\t[\d.]+){3}\t[\d.]*\t[\d.]+(?=\t*[a-z:]*(?:\t[a-z ]*)?$)/gm,
      '\tN\tN\tN\tN\tN',
    )
    .trimEnd()
}

/** Words as a shell reads them: blanks separate, quotes hold together. */
export function splitWords(line: string): readonly string[] {
  return Array.from(line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g), ([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  )
}
