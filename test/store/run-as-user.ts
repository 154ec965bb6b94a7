import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../src/kit/user-error.ts'
import { tenant } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { fakeClock } from '../support/fake-clock.ts'

interface Outcome {
  readonly listed: readonly string[]
  readonly refused: string
}

const nobody = 65_534

/** What a user who may only read the folder sees there. Root may write everything, so it steps down first. */
export function runAsUser(folder: string): Outcome {
  const isRoot = process.getuid?.() === 0
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder], {
    encoding: 'utf8',
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(look(process.argv[2])))

function look(folder: string): Outcome {
  const store = openStore({ folder, access: 'read', clock: fakeClock() })
  const listed = store.list(tenant).map(({ name }) => name)
  store.close()
  return { listed, refused: tryWrite(folder) }
}

function tryWrite(folder: string): string {
  try {
    const store = openStore({ folder, access: 'write', clock: fakeClock() })
    store.write({ actor: 'nobody', command: '' }, (writer) => writer.insert(tenant, { name: 'late' }))
    return 'nothing'
  } catch (error) {
    return error instanceof UserError ? `${error.code} ${error.message}` : String(error)
  }
}
