import type { Command, Topic } from '../command.ts'
import { createAddCommand } from './add.ts'
import { setFields } from './flags.ts'
import { createListCommand } from './list.ts'
import type { Noun } from './noun.ts'
import { createRemoveCommand } from './remove.ts'
import { createSetCommand } from './set.ts'
import { createShowCommand } from './show.ts'

/** The commands of a noun: add, list, show, set and remove from its entity, and those written by hand. */
export function defineNoun(noun: Noun): Topic {
  const { entity } = noun
  const byHand = noun.commands?.(noun) ?? []
  const generated = [
    createAddCommand(noun),
    createListCommand(noun),
    createShowCommand(noun),
    ...(setFields(entity).length === 0 ? [] : [createSetCommand(noun)]),
    createRemoveCommand(noun),
  ]
  const replaced = generated.map((command) => byHand.find((other) => isSameVerb(command, other)) ?? command)
  return {
    name: entity.command,
    summary: entity.summary,
    ...(noun.details === undefined ? {} : { details: noun.details }),
    commands: [...replaced, ...byHand.filter((command) => !replaced.includes(command))],
  }
}

function isSameVerb(a: Command, b: Command): boolean {
  return a.words[1] === b.words[1]
}
