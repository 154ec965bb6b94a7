import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { playTranscript } from './play-transcript.ts'
import { readTranscript, renderTranscript } from './transcript.ts'

const folder = new URL('transcripts/', import.meta.url)

// `UPDATE_TRANSCRIPTS=1` writes what the commands print now; the diff is then read by a person.
for (const file of readdirSync(folder)) {
  test(`the session ${file} goes as written`, async (t) => {
    const url = new URL(file, folder)
    const transcript = readTranscript(url)
    const played = await playTranscript(t, transcript)
    if (process.env.UPDATE_TRANSCRIPTS === '1') writeFileSync(url, renderTranscript(transcript.head, played))
    for (const { command, expected, actual } of played) assert.equal(actual, expected, `$ ${command}`)
  })
}
