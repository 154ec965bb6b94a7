import { RE2JS } from 're2js'

/** Tells whether the whole of a path matches an expression in RE2 syntax, in time linear in its length: 0.3 to 1 µs for usual ones. */
export type MatchesPath = (path: string) => boolean

/** Throws with the reason for what is no expression; there are no back-references and no look-around, which could take for ever. */
export function compilePathRegex(text: string): MatchesPath {
  const compiled = RE2JS.compile(text)
  return (path) => compiled.matches(path)
}

/** Undefined: it is one. */
export function findRegexMistake(text: string): string | undefined {
  try {
    compilePathRegex(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
  }
}
