import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openStore } from '../../src/store/open-store.ts'
import { cleanUp } from './clean-up.ts'
import { fakeClock } from './fake-clock.ts'

/** Who writes in tests. */
export const origin = { actor: 'ada', command: 'mtlb test' }

/** A folder of its own, gone after the test. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mtlb-'))
  cleanUp(t, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A fresh database in a folder of its own, open for writing. */
export function tempStore(t: TestContext) {
  const folder = tempFolder(t)
  const clock = fakeClock()
  const store = openStore({ folder, access: 'write', clock })
  cleanUp(t, () => store.close())
  return { store, folder, clock }
}
