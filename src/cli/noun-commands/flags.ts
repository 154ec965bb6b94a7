import type { Entity, Field } from '../../kit/entity.ts'
import { UserError } from '../../kit/user-error.ts'
import type { Call } from '../call.ts'
import type { Flag } from '../command.ts'
import { findMistake } from './find-mistake.ts'

export type Values = Record<string, unknown>

/** Fields that a new row takes from flags; the name comes as a word. */
export function addFields(entity: Entity): readonly Field[] {
  return entity.fieldList.filter((field) => !field.isManaged && field.property !== entity.nameField)
}

/** Fields that may be changed afterwards. */
export function setFields(entity: Entity): readonly Field[] {
  return entity.fieldList.filter((field) => !field.isManaged && !field.isImmutable)
}

/** The flag of a field; a boolean one is a switch with its opposite. */
export function createFlag(field: Field): Flag {
  const flag = { name: flagName(field), summary: describeField(field) }
  if (field.kind === 'boolean') return { ...flag, isNegatable: true }
  return { ...flag, value: field.valueName, isRepeatable: field.isRepeatable, choices: field.choices ?? [] }
}

/** Values of the flags that were given, parsed. */
export function readFlags(fields: readonly Field[], call: Call): Values {
  const values: Values = {}
  for (const field of fields) {
    const given = call.flags[flagName(field)]
    if (given === undefined) continue
    values[field.property] =
      typeof given === 'boolean' ? given : field.parse(typeof given === 'string' ? given : given.join(','))
  }
  return values
}

/** Asks for required values that no flag gave; without a terminal throws UserError('usage') that names the flag. */
export async function askForMissing(
  fields: readonly Field[],
  values: Values,
  { call, choicesOf }: { call: Call; choicesOf: (field: Field) => readonly string[] },
): Promise<Values> {
  const complete = { ...values }
  for (const field of fields) {
    if (field.need === 'optional' || field.property in values) continue
    if (!call.mayAsk) throw createMissingFlag(field, call)
    complete[field.property] = await ask(field, call, choicesOf(field))
  }
  return complete
}

function createMissingFlag(field: Field, call: Call): UserError {
  return new UserError(
    'usage',
    `${field.flag} is missing`,
    `Write '${call.commandLine} ${field.flag} ${field.valueName.toUpperCase()}'.`,
  )
}

async function ask(field: Field, { surroundings: { prompts } }: Call, choices: readonly string[]): Promise<unknown> {
  const question = `${field.label} (${field.flag}):`
  if (choices.length > 0) return field.parse(await prompts.choice(question, choices))
  return field.parse(await prompts.text(question, (text) => findMistake(field, text)))
}

function flagName(field: Field): string {
  return field.flag.slice(2)
}

function describeField(field: Field): string {
  const hasDefault = field.need === 'optional' && field.default !== undefined
  const preset = hasDefault ? field.render(field.default) : ''
  return preset === '' ? field.summary : `${field.summary} Default: ${preset}.`
}
