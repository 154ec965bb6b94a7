import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { UserError } from '../../src/kit/user-error.ts'
import { takeInstanceLock } from '../../src/store/instance-lock.ts'
import { tempFolder } from '../support/temp-store.ts'

test('a second server on the same folder is refused until the first lets go', (t) => {
  const folder = tempFolder(t)
  const first = takeInstanceLock(folder)
  assert.throws(() => takeInstanceLock(folder), isConflict(folder))
  first.release()
  takeInstanceLock(folder).release()
})

test('the lock of a process that was killed is free', async (t) => {
  const folder = tempFolder(t)
  const script = join(import.meta.dirname, 'lock-holder.ts')
  const holder = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  assert.throws(() => takeInstanceLock(folder), isConflict(folder))
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  takeInstanceLock(folder).release()
})

test('a lock that cannot be taken for another reason is a matter of storage', (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'file'), '')
  assert.throws(() => takeInstanceLock(join(folder, 'file')), { code: 'storage' })
})

function isConflict(folder: string) {
  return (error: unknown) =>
    error instanceof UserError && error.code === 'conflict' && error.message.includes(`'${folder}'`)
}
