import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Prompts } from '../../src/cli/prompts.ts'
import { Interrupted } from '../../src/cli/prompts.ts'
import { callCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-store.ts'

/** Answers in order; every question is kept. */
function script(answers: readonly (string | boolean)[]) {
  const questions: string[] = []
  const left = [...answers]
  const next = (question: string) => {
    questions.push(question)
    const answer = left.shift()
    if (answer === undefined) throw new Interrupted()
    return answer
  }
  const prompts: Prompts = {
    text: async (question, check) => {
      const text = String(next(question))
      assert.equal(check(text), undefined)
      return text
    },
    choice: async (question, choices) => String(next(`${question} ${choices.join('|')}`)),
    confirm: async (question) => next(question) === true,
  }
  return { prompts, questions }
}

async function prepare(t: TestContext, lines: readonly string[]) {
  const data = tempFolder(t)
  for (const line of lines) assert.equal((await callCli(line.split(' '), { data })).code, 0, line)
  return data
}

const acme = ['tenant add acme', 'pool add acme/web', 'pool add acme/files']

test('missing values are asked for on a terminal, with the choices there are', async (t) => {
  const data = await prepare(t, acme)
  const { prompts, questions } = script(['acme', 'files'])
  const { code } = await callCli(['route', 'add', 'api'], { data, prompts, terminalWidth: 80 })
  assert.equal(code, 0)
  assert.deepEqual(questions, ['Tenant name:', 'pool (--pool): web|files'])
  const { stdout } = await callCli(['route', 'show', 'acme/api', '--json'], { data })
  assert.equal(JSON.parse(stdout).pool, 'files')
})

test('--no-input and --json ask nothing', async (t) => {
  const data = await prepare(t, acme)
  for (const flag of ['--no-input', '--json']) {
    const { prompts, questions } = script([])
    const { code } = await callCli(['route', 'add', 'acme/api', flag], { data, prompts, terminalWidth: 80 })
    assert.equal(code, 2)
    assert.deepEqual(questions, [])
  }
})

test('removing what others use asks, and a no changes nothing', async (t) => {
  const data = await prepare(t, [...acme, 'route add acme/api --pool web'])
  const no = script([false])
  const refused = await callCli(['pool', 'remove', 'acme/web'], { data, prompts: no.prompts, terminalWidth: 80 })
  assert.equal(refused.code, 9)
  assert.deepEqual(no.questions, ["Remove pool 'acme/web'?"])
  assert.match(refused.stderr, /is used: 1 route \(api\)/)
  assert.equal((await callCli(['pool', 'show', 'acme/web'], { data })).code, 0)
  const yes = script([true])
  const { code } = await callCli(['pool', 'remove', 'acme/web'], { data, prompts: yes.prompts, terminalWidth: 80 })
  assert.equal(code, 0)
  assert.equal((await callCli(['pool', 'show', 'acme/web'], { data })).code, 3)
})

test('Ctrl-C at a question ends with 130 and writes nothing', async (t) => {
  const data = await prepare(t, acme)
  const { code, stderr } = await callCli(['route', 'add', 'acme/api'], {
    data,
    prompts: script([]).prompts,
    terminalWidth: 80,
  })
  assert.deepEqual([code, stderr], [130, ''])
  assert.equal((await callCli(['route', 'list'], { data })).stdout, '')
})
