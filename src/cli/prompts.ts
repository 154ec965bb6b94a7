/** Questions on the terminal. Only asked when stdin and stdout are terminals; every one has a flag that answers it. */
export interface Prompts {
  /** `check` returns what is wrong with the text, or undefined. */
  text(question: string, check: (text: string) => string | undefined): Promise<string>
  choice(question: string, choices: readonly string[]): Promise<string>
  confirm(question: string): Promise<boolean>
}

/** Throws Interrupted when the operator presses Ctrl-C at a question. */
export class Interrupted extends Error {}

export const terminalPrompts: Prompts = {
  text: (question, check) =>
    ask(async (inquirer) => {
      const validate = (text: string) => check(text) ?? true
      const answers = await inquirer.prompt([{ type: 'input', name: 'answer', message: question, validate }])
      return answers.answer
    }),
  choice: (question, choices) =>
    ask(async (inquirer) => {
      const answers = await inquirer.prompt([{ type: 'select', name: 'answer', message: question, choices }])
      return answers.answer
    }),
  confirm: (question) =>
    ask(async (inquirer) => {
      const answers = await inquirer.prompt([{ type: 'confirm', name: 'answer', message: question, default: false }])
      return answers.answer
    }),
}

type Inquirer = (typeof import('inquirer'))['default']

async function ask<T>(question: (inquirer: Inquirer) => Promise<T>): Promise<T> {
  const { default: inquirer } = await import('inquirer')
  try {
    return await question(inquirer)
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') throw new Interrupted()
    throw error
  }
}
