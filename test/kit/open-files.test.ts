import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOpenFilesLimit, readOpenFilesLimit } from '../../src/kit/open-files.ts'

const header = 'Limit                     Soft Limit           Hard Limit           Units     \n'

test('the soft limit of open files counts', () => {
  assert.equal(
    parseOpenFilesLimit(`${header}Max open files            1024                 524288               files\n`),
    1_024,
  )
  assert.equal(
    parseOpenFilesLimit(`${header}Max open files            unlimited            unlimited            files\n`),
    undefined,
  )
  assert.equal(parseOpenFilesLimit(''), undefined)
})

test('this process has a limit', { skip: process.platform !== 'linux' }, () => {
  assert.ok(readOpenFilesLimit()! > 0)
})
