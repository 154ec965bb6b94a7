import type { Field } from '../../kit/entity.ts'
import { UserError } from '../../kit/user-error.ts'

/** What is wrong with the text as a value of the field, or undefined: for prompts, which ask again. */
export function findMistake(field: Field, text: string): string | undefined {
  try {
    field.parse(text)
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}
