import { styleText } from 'node:util'
import { Command as Page } from 'commander'
import type { Command, Example, Flag, Topic } from '../command.ts'
import { globalFlags } from '../global-flags.ts'
import { createOptions } from '../parse-arguments.ts'

export interface HelpLook {
  readonly width: number
  readonly hasColors: boolean
}

/** The first page: every topic by group. */
export function renderOverview(topics: readonly (readonly [group: string, topic: Topic])[], look: HelpLook): string {
  const page = createPage({ name: 'mtlb', usage: 'COMMAND [flags]', description: overview }, look)
  for (const [group, topic] of topics) {
    page.addCommand(new Page(topic.name).summary(topic.summary).helpCommand(false).helpOption(false).helpGroup(group))
  }
  const flags = globalFlags.map(({ name }) => `--${name}`).join(', ')
  const more = [
    ...renderExamples(firstSteps, look),
    '',
    `Flags of every command: ${flags}.`,
    "More: 'mtlb help COMMAND', for example 'mtlb help pool add'.",
  ]
  return `${page.helpInformation()}\n${more.join('\n')}\n`
}

/** A noun: what it is and what can be done with it. */
export function renderTopicHelp(topic: Topic, look: HelpLook): string {
  const page = createPage({ name: `mtlb ${topic.name}`, usage: 'VERB [flags]', description: describe(topic) }, look)
  for (const command of topic.commands) {
    const verb = new Page(command.words.at(-1)).summary(command.summary).helpCommand(false).helpOption(false)
    page.addCommand(verb.usage(operandsOf(command)).helpGroup('Verbs:'))
  }
  const examples = topic.examples ?? topic.commands.flatMap((command) => command.examples?.slice(0, 1) ?? [])
  const more = [...renderExamples(examples, look), '', `More: 'mtlb help ${topic.name} VERB'.`]
  return `${page.helpInformation()}\n${more.join('\n')}\n`
}

/** A command: its operands, flags, choices and examples. */
export function renderCommandHelp(command: Command, look: HelpLook): string {
  const page = createPage(
    {
      name: `mtlb ${command.words.join(' ')}`,
      usage: `${operandsOf(command)} [flags]`.trim(),
      description: describe(command),
    },
    look,
  )
  for (const operand of command.operands ?? []) page.argument(`[${operand.name}]`, operand.summary)
  addFlags(page, command.flags ?? [], 'Flags:')
  addFlags(page, globalFlags, 'Flags of every command:')
  const choices = (command.flags ?? []).flatMap((flag) => renderChoices(flag, look))
  const more = [...choices, ...renderExamples(command.examples ?? [], look)]
  return more.length === 0 ? page.helpInformation() : `${page.helpInformation()}\n${more.join('\n')}\n`
}

/** `NAME [URL]`. */
export function operandsOf(command: Command): string {
  return (command.operands ?? []).map(({ name, isOptional }) => (isOptional ? `[${name}]` : name)).join(' ')
}

export const overview = `A multi-tenant load balancer and API gateway: one process, one SQLite file, one CLI.
Commands change the configuration in the data folder; a running server follows within milliseconds.`

export const firstSteps: readonly Example[] = [
  { command: 'mtlb demo', note: 'two tenants to play with' },
  { command: 'mtlb tenant add acme --host api.acme.example' },
  { command: 'mtlb pool add acme/web' },
  { command: 'mtlb endpoint add acme/web http://127.0.0.1:9001' },
  { command: 'mtlb route add acme/api --path / --pool web' },
  { command: 'mtlb key add acme/ci', note: 'prints the key, once' },
  { command: 'mtlb serve' },
]

interface PageText {
  readonly name: string
  readonly usage: string
  readonly description: string
}

function createPage({ name, usage, description }: PageText, look: HelpLook): Page {
  const page = new Page(name).usage(usage).description(description).helpOption(false).helpCommand(false)
  page.configureHelp({
    helpWidth: look.width,
    styleTitle: (title) => bold(title, look),
    subcommandTerm: (command) => `${command.name()} ${command.usage().replace('[options]', '')}`.trim(),
    argumentTerm: (argument) => argument.name(),
  })
  return page.configureOutput({ getOutHasColors: () => look.hasColors })
}

function describe(of: Command | Topic): string {
  return of.details === undefined ? of.summary : `${of.summary}\n\n${of.details}`
}

function addFlags(page: Page, flags: readonly Flag[], group: string): void {
  for (const option of flags.flatMap(createOptions)) page.addOption(option.helpGroup(group))
}

function renderChoices({ name, choices = [] }: Flag, look: HelpLook): string[] {
  if (choices.length === 0) return []
  const width = Math.max(...choices.map((choice) => choice.name.length))
  const lines = choices.map((choice) => `  ${choice.name.padEnd(width)}  ${choice.summary}`)
  return [bold(`Values of --${name}:`, look), ...lines, '']
}

function renderExamples(examples: readonly Example[], look: HelpLook): string[] {
  if (examples.length === 0) return []
  const width = Math.max(...examples.filter(({ note }) => note !== undefined).map(({ command }) => command.length), 0)
  const lines = examples.map(({ command, note }) =>
    note === undefined ? command : `${command.padEnd(width)}  # ${note}`,
  )
  return [bold('Examples:', look), ...lines.map((line) => `  ${line}`)]
}

function bold(text: string, look: HelpLook): string {
  return look.hasColors ? styleText('bold', text, { validateStream: false }) : text
}
