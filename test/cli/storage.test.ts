import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { callCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-store.ts'

const commands = ['tenant list', 'tenant add acme', 'check', 'audit list', 'setting set idle-timeout 5s']

for (const command of commands) {
  test(`'mtlb ${command}' leaves a file alone that is no database, and ends with 8`, async (t) => {
    const data = tempFolder(t)
    const path = join(data, 'mtlb.db')
    writeFileSync(path, 'not a database, but somebody’s letters')
    const { code, stdout, stderr } = await callCli(command.split(' '), { data })
    assert.equal(code, 8)
    assert.equal(stdout, '')
    assert.match(stderr, /^mtlb: .*mtlb\.db.*\n( {2}.*\n)?$/)
    assert.equal(readFileSync(path, 'utf8'), 'not a database, but somebody’s letters')
  })
}

test('a data folder that cannot be made is a storage error', async (t) => {
  const data = tempFolder(t)
  writeFileSync(join(data, 'file'), '')
  const { code, stderr } = await callCli(['tenant', 'add', 'acme', '--data', join(data, 'file', 'below')], { data })
  assert.equal(code, 8)
  assert.doesNotMatch(stderr, /\n {4}at /)
})
