import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { callCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-store.ts'
import { normalise, readTranscript, splitWords } from './transcript.ts'

const folder = new URL('transcripts/', import.meta.url)

// `UPDATE_TRANSCRIPTS=1` writes what the commands print now; the diff is then read by a person.
for (const file of readdirSync(folder)) {
  test(`the session ${file} goes as written`, async (t) => {
    const url = new URL(file, folder)
    const played = await play(t, url)
    if (process.env.UPDATE_TRANSCRIPTS === '1') writeFileSync(url, rewrite(url, played))
    for (const { command, expected, actual } of played) assert.equal(actual, expected, `$ ${command}`)
  })
}

interface PlayedStep {
  readonly command: string
  readonly expected: string
  readonly actual: string
}

async function play(t: TestContext, url: URL): Promise<readonly PlayedStep[]> {
  const { directives, steps } = readTranscript(url)
  const data = tempFolder(t)
  const width = directives.find((line) => line.startsWith('terminal '))?.split(' ')[1]
  const played: PlayedStep[] = []
  for (const step of steps) {
    const [program, ...argv] = splitWords(step.command)
    assert.equal(program, 'mtlb', step.command)
    const terminal = width === undefined ? {} : { terminalWidth: Number(width) }
    const { code, screen } = await callCli(argv, { data, ...terminal })
    const exit = code === 0 ? '' : `[exit ${code}]`
    played.push({ ...step, actual: normalise(`${screen}${exit}`, data) })
  }
  return played
}

function rewrite(url: URL, played: readonly PlayedStep[]): string {
  const { head } = readTranscript(url)
  const body = played.map(({ command, actual }) => (actual === '' ? `$ ${command}` : `$ ${command}\n${actual}`))
  return `${[...head, ...body].join('\n')}\n`
}
