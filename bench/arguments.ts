import { parseArgs } from 'node:util'

export interface Arguments {
  /** Names of competitors and trials. */
  readonly words: readonly string[]
  readonly rounds: number
  readonly seconds: number
  /** Nothing is measured: the words are files of results, which become docs/benchmarks.md. */
  readonly isRendering: boolean
}

/** Throws an error whose message is for whoever called. */
export function parseArguments(argv: readonly string[], known: readonly string[]): Arguments {
  const { values, positionals: words } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      render: { type: 'boolean', default: false },
    },
  })
  const isRendering = values.render
  const unknown = isRendering ? undefined : words.find((word) => !known.includes(word))
  if (unknown !== undefined) {
    throw new Error(`no competitor or trial is called '${unknown}'; there are: ${known.join(', ')}`)
  }
  if (isRendering && words.length === 0) throw new Error('--render wants files of bench/results/')
  return {
    words,
    rounds: parseCount('--rounds', values.rounds),
    seconds: parseCount('--seconds', values.seconds),
    isRendering,
  }
}

function parseCount(flag: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  throw new Error(`${flag} wants a whole number above 0, not '${text}'`)
}
