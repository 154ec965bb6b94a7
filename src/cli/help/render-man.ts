import type { Command, Example, Flag, Topic } from '../command.ts'
import { exitCodeMeanings } from '../exit-codes.ts'
import { globalFlags } from '../global-flags.ts'
import { topicEntries } from '../topics.ts'
import { firstSteps, operandsOf, overview } from './help.ts'

export interface ManPage {
  /** `mtlb-tenant.1` */
  readonly file: string
  /** In man(7) macros. */
  readonly text: string
}

/** `mtlb.1` and a page for every topic, from the declarations that parsing and help read, too. */
export async function renderManPages(version: string): Promise<readonly ManPage[]> {
  const topics = await Promise.all(topicEntries.map((entry) => entry.load()))
  return [renderMain(topics, version), ...topics.map((topic) => renderTopic(topic, version))]
}

function renderMain(topics: readonly Topic[], version: string): ManPage {
  const names = topics.map(({ name }) => name)
  return page('mtlb', version, [
    section('NAME', [escape('mtlb - multi-tenant load balancer and API gateway')]),
    section('SYNOPSIS', [`${bold('mtlb')} ${italic('COMMAND')} [${italic('flags')}]`]),
    section('DESCRIPTION', paragraphs(overview)),
    section(
      'COMMANDS',
      topics.flatMap(({ name, summary }) => item(`${bold(`mtlb-${name}`)}(1)`, summary)),
    ),
    section('FLAGS OF EVERY COMMAND', globalFlags.flatMap(renderFlag)),
    section(
      'EXIT STATUS',
      exitCodeMeanings.flatMap(([code, meaning]) => item(bold(String(code)), `${meaning}.`)),
    ),
    section(
      'ENVIRONMENT',
      environment.flatMap(([name, meaning]) => item(bold(name), meaning)),
    ),
    section(
      'FILES',
      files.flatMap(([name, meaning]) => item(italic(name), meaning)),
    ),
    section('EXAMPLES', renderExamples(firstSteps)),
    section('SEE ALSO', [names.map((name) => `${bold(`mtlb-${name}`)}(1)`).join(', ')]),
  ])
}

function renderTopic(topic: Topic, version: string): ManPage {
  const { name, summary, details, commands } = topic
  return page(`mtlb-${name}`, version, [
    section('NAME', [escape(`mtlb-${name} - ${summary.replace(/\.$/, '')}`)]),
    section(
      'SYNOPSIS',
      commands.flatMap((command, at) => [...(at === 0 ? [] : ['.br']), renderSynopsis(command)]),
    ),
    section('DESCRIPTION', paragraphs(details === undefined ? summary : `${summary}\n\n${details}`)),
    ...commands.map((command) => renderCommand(command)),
    section('SEE ALSO', [`${bold('mtlb')}(1)`]),
  ])
}

function renderCommand(command: Command): string {
  const { words, summary, details, operands = [], flags = [], examples = [] } = command
  const isVerbOfNoun = words.length > 1
  const head = isVerbOfNoun ? [`.SS ${escape(words.slice(1).join(' '))}`, escape(summary)] : []
  const body = [
    ...(details === undefined ? [] : ['.PP', ...paragraphs(details)]),
    ...operands.flatMap((operand) => item(italic(operand.name), operand.summary)),
    ...flags.flatMap(renderFlag),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', ...renderExamples(examples)]),
  ]
  if (isVerbOfNoun) return [...head, ...body].join('\n')
  return body.length === 0 ? '' : section('USE', body)
}

function renderSynopsis(command: Command): string {
  return [bold(`mtlb ${command.words.join(' ')}`), italic(operandsOf(command)), `[${italic('flags')}]`]
    .filter((part) => part !== italic(''))
    .join(' ')
}

function renderFlag({ name, short, value, summary, isNegatable, choices = [] }: Flag): readonly string[] {
  const start = short === undefined ? '' : `${bold(`-${short}`)}, `
  const end = value === undefined ? '' : ` ${italic(value)}`
  const opposite = isNegatable ? `, ${bold(`--no-${name}`)}` : ''
  const values = choices.flatMap((choice) => item(bold(choice.name), choice.summary))
  const head = item(`${start}${bold(`--${name}`)}${end}${opposite}`, summary)
  return values.length === 0 ? head : [...head, '.RS', ...values, '.RE']
}

function renderExamples(examples: readonly Example[]): readonly string[] {
  const lines = examples.map(({ command, note }) => (note === undefined ? command : `${command}  # ${note}`))
  return ['.PP', '.nf', '.RS', ...lines.map(escape), '.RE', '.fi']
}

const environment: readonly (readonly [name: string, meaning: string])[] = [
  ['MTLB_DATA', 'Data folder, unless --data names one.'],
  ['MTLB_LOG', 'Level of the log on stderr: trace, debug, info (default), warn, error, fatal or silent.'],
  ['MTLB_NODE', 'Another Node.js to run with, 26 or newer.'],
  ['MTLB_DEBUG', 'With 1, a bug shows its stack.'],
  ['NO_COLOR', 'No colours.'],
]

const files: readonly (readonly [name: string, meaning: string])[] = [
  ['mtlb.db', 'Configuration, revisions and audit trail.'],
  ['ledger.db', 'Statistics.'],
  ['logs/YYYY-MM-DD.db', 'Traffic log of one day in UTC.'],
  ['mtlb.sock', 'Control socket of the running server.'],
]

function page(name: string, version: string, sections: readonly string[]): ManPage {
  const title = `.TH ${name.toUpperCase()} 1 "" "mtlb ${version}" "User Commands"`
  const head = [String.raw`.\" Generated from src/cli by npm run generate; do not edit.`, title]
  return { file: `${name}.1`, text: `${[...head, ...sections.filter((text) => text !== '')].join('\n')}\n` }
}

function section(title: string, lines: readonly string[]): string {
  return [`.SH ${title}`, ...lines].join('\n')
}

/** A term, already in roff, and its meaning. */
function item(term: string, meaning: string): readonly string[] {
  return ['.TP', term, escape(meaning)]
}

function paragraphs(text: string): readonly string[] {
  return text
    .split('\n\n')
    .flatMap((paragraph, at) => [
      ...(at === 0 ? [] : ['.PP']),
      ...paragraph.split('\n').flatMap((line, lineAt) => [...(lineAt === 0 ? [] : ['.br']), escape(line)]),
    ])
}

function bold(text: string): string {
  return String.raw`\fB${escape(text)}\fR`
}

function italic(text: string): string {
  return String.raw`\fI${escape(text)}\fR`
}

/** Backslashes and hyphens are taken literally, other scripts by code point, and no line is read as a request (groff_char(7)). */
function escape(text: string): string {
  const plain = text.replaceAll('\\', String.raw`\e`).replaceAll('-', String.raw`\-`)
  const ascii = plain.replaceAll('…', '...').replaceAll(/[^\x20-\x7e]/gu, escapeCharacter)
  return /^[.']/.test(ascii) ? String.raw`\&${ascii}` : ascii
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return String.raw`\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`
}
