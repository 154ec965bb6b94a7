import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findCommand } from '../../src/cli/find-command.ts'
import { flagsOf } from '../../src/cli/global-flags.ts'
import { firstSteps } from '../../src/cli/help/help.ts'
import { parseArguments } from '../../src/cli/parse-arguments.ts'
import { topicEntries } from '../../src/cli/topics.ts'
import { entities } from '../../src/model/index.ts'
import { splitWords } from './transcript.ts'

const topics = await Promise.all(topicEntries.map((entry) => entry.load()))
const commands = topics.flatMap((topic) => topic.commands)

test('every noun of the model has its commands, with a flag for every field that operators set', () => {
  // Settings are declared, so there is nothing to add; prices go by two words and a day.
  for (const entity of entities.filter(({ table }) => !['setting', 'price'].includes(table))) {
    const topic = topics.find(({ name }) => name === entity.command)
    const verbs = topic?.commands.map(({ words }) => words[1]) ?? []
    for (const verb of ['add', 'list', 'show', 'remove']) assert.ok(verbs.includes(verb), `${entity.noun} ${verb}`)
    const flags = topic?.commands.find(({ words }) => words[1] === 'add')?.flags?.map(({ name }) => `--${name}`) ?? []
    for (const { flag, property, isManaged } of entity.fieldList) {
      if (!isManaged && property !== entity.nameField) assert.ok(flags.includes(flag), `${entity.noun} add ${flag}`)
    }
  }
})

test('topics are called as they are listed, and no secret has a flag', async () => {
  assert.deepEqual(
    topics.map(({ name }) => name),
    topicEntries.map(({ name }) => name),
  )
  for (const { fieldList } of entities) assert.ok(fieldList.every(({ isSecret, isManaged }) => !isSecret || isManaged))
})

for (const command of commands) {
  const name = command.words.join(' ')

  test(`'mtlb ${name}' explains itself, and its examples can be typed`, async () => {
    assert.match(command.summary, /^[A-Z].*\.$/)
    for (const { summary } of [...(command.flags ?? []), ...(command.operands ?? [])])
      assert.match(summary, /^[A-Z].*\.$/)
    const names = flagsOf(command).map((flag) => flag.name)
    assert.equal(new Set(names).size, names.length, 'two flags with one name')
    for (const example of command.examples ?? []) await checkExample(example.command, name)
  })
}

test('the first steps in the overview can be typed', async () => {
  for (const { command } of firstSteps) await checkExample(command, undefined)
})

async function checkExample(line: string, expected: string | undefined): Promise<void> {
  const [program, ...argv] = splitWords(line.replace(/^KEY=\$\((.*)\)$/, '$1'))
  assert.equal(program, 'mtlb', line)
  const firstFlag = argv.findIndex((word) => word.startsWith('-'))
  const { command } = await findCommand(firstFlag === -1 ? argv : argv.slice(0, firstFlag), argv)
  assert.ok(command !== undefined, line)
  if (expected !== undefined) assert.equal(command.words.join(' '), expected, line)
  const { words } = parseArguments(flagsOf(command), argv, 'mtlb help')
  assert.ok(words.length - command.words.length <= (command.operands?.length ?? 0), `${line}: too many words`)
}
