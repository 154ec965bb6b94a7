import { systemClock } from '../src/kit/clock.ts'
import { listener } from '../src/model/listener.ts'
import { openStore } from '../src/store/open-store.ts'
import { writeConfig } from '../test/support/write-config.ts'
import type { TestTenant } from '../test/support/write-config.ts'

interface Configuration {
  readonly folder: string
  /** On the loopback. */
  readonly port: number
  readonly tenants: readonly TestTenant[]
  /** By name and value. */
  readonly settings?: Readonly<Record<string, string>>
}

/** What the commands would write, in one transaction: ten thousand tenants would take an hour of commands. */
export function writeConfiguration({ folder, port, tenants, settings = {} }: Configuration): void {
  const store = openStore({ folder, access: 'write', clock: systemClock })
  try {
    const main = store.find(listener, { name: 'main' })
    store.write({ actor: 'bench', command: 'npm run bench' }, (writer) => {
      const bind = `127.0.0.1:${port}`
      if (main === undefined) writer.insert(listener, { name: 'main', bind })
      else writer.update(listener, main.id, { bind })
      writeConfig(writer, { settings, tenants })
    })
  } finally {
    store.close()
  }
}
