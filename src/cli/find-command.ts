import { UserError } from '../kit/user-error.ts'
import type { Command, Topic } from './command.ts'
import { didYouMean } from './did-you-mean.ts'
import { topicEntries } from './topics.ts'

/** What the words on the command line name: nothing, a topic, or a command of it. */
export interface Found {
  readonly topic?: Topic
  readonly command?: Command
  /** A page is wanted rather than an action. */
  readonly wantsHelp: boolean
}

/**
 * Loads the one topic that is named. Throws UserError('usage') for a word that is no command. A noun may be a verb as well, which
 * a flag of its own among all arguments tells: `mtlb plan -f acme.yaml`.
 */
export async function findCommand(words: readonly string[], argv: readonly string[] = []): Promise<Found> {
  const [first, second] = words
  if (first === undefined) return { wantsHelp: true }
  if (first === 'help') return { ...(await findCommand(words.slice(1))), wantsHelp: true }
  const topic = await loadTopic(first)
  const [only] = topic.commands
  if (only.words.length === 1) return { topic, command: only, wantsHelp: false }
  if (second === undefined) {
    const alone = topic.commands.find((command) => command.words.length === 1 && hasFlagOf(command, argv))
    return alone === undefined ? { topic, wantsHelp: true } : { topic, command: alone, wantsHelp: false }
  }
  const command = topic.commands.find(({ words: [, verb] }) => verb === second)
  if (command === undefined) throw createUnknownVerb(topic, second)
  return { topic, command, wantsHelp: false }
}

function hasFlagOf({ flags = [] }: Command, argv: readonly string[]): boolean {
  const spelled = flags.flatMap(({ name, short }) => (short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]))
  return argv.some((word) => spelled.includes(word.split('=', 1)[0]))
}

async function loadTopic(name: string): Promise<Topic> {
  const entry = topicEntries.find((candidate) => candidate.name === name)
  if (entry !== undefined) return entry.load()
  const names = topicEntries.map((candidate) => candidate.name)
  throw new UserError('usage', `unknown command '${name}'`, didYouMean(name, [...names, 'help']) ?? "See 'mtlb help'.")
}

function createUnknownVerb(topic: Topic, word: string): UserError {
  const verbs = topic.commands.flatMap(({ words }) => words[1] ?? [])
  const mend = didYouMean(word, verbs) ?? `It has: ${verbs.join(', ')}.`
  return new UserError('usage', `unknown command '${topic.name} ${word}'`, mend)
}
