import { tenant } from '../../src/model/tenant.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { openStore } from '../../src/store/open-store.ts'

/** A process of its own that adds tenants and says which ones are committed: `a-0`, `a-1`, … */
const [folder, name, count] = process.argv.slice(2)
const store = openStore({ folder, access: 'write', clock: systemClock })
for (let index = 0; index < Number(count); index += 1) {
  store.write({ actor: name, command: `add ${index}` }, (writer) => writer.insert(tenant, { name: `${name}-${index}` }))
  process.stdout.write(`${name}-${index}\n`)
}
store.close()
