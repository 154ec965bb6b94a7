import { sharedOwner } from '../../kit/field/pool-reference.ts'
import { tenant } from '../../model/tenant.ts'
import type { TenantRow } from '../../model/tenant.ts'
import type { Call } from '../call.ts'
import { announce, openForChange, readConfiguration, writeChange } from '../change.ts'
import type { Command, Operand } from '../command.ts'
import { writeFlags, yesFlag } from '../global-flags.ts'
import { createColumn } from '../print/column.ts'
import { confirmUse, describeRows } from './remove.ts'
import { getRow } from './rows.ts'
import { getSharedPool, listGranted, listSharedRoutes } from './shared-pools.ts'
import { route } from '../../model/route.ts'
import { printRow } from './show.ts'

const poolOperand: Operand = { name: `${sharedOwner}/POOL`, summary: 'A pool of the operator.' }
const tenantOperand: Operand = { name: 'TENANT', summary: 'Whose routes may name it.' }

/** `mtlb pool grant shared/all acme`, `pool revoke`, `pool grants`. */
export function createGrantCommands(): readonly Command[] {
  return [
    {
      words: ['pool', 'grant'],
      summary: `Let a tenant's routes name a pool of '${sharedOwner}', which all to whom it is granted share.`,
      details: 'What they get of it while all want more than there is goes by tenant --weight and --guarantee.',
      operands: [poolOperand, tenantOperand],
      flags: [...writeFlags],
      examples: [{ command: 'mtlb pool grant shared/all acme' }],
      run: (call) => openForChange(call, (store) => change(call, { store, isGranted: true })),
    },
    {
      words: ['pool', 'revoke'],
      summary: 'Take a granted pool back; asks first when routes of the tenant use it.',
      operands: [poolOperand, tenantOperand],
      flags: [yesFlag, ...writeFlags],
      examples: [{ command: 'mtlb pool revoke shared/all acme' }],
      run: (call) => openForChange(call, (store) => change(call, { store, isGranted: false })),
    },
    {
      words: ['pool', 'grants'],
      summary: `List whom a pool of '${sharedOwner}' is granted to, with their weights.`,
      operands: [poolOperand],
      flags: [],
      examples: [{ command: 'mtlb pool grants shared/all' }],
      run: (call) =>
        readConfiguration(call, (store) => {
          const [text] = call.operands
          const name = getSharedPool(store, text)
          const note = `Granted to nobody. Grant it: 'mtlb pool grant ${text} TENANT'.`
          call.print.rows(columns, listGranted(store, name), note)
        }),
    },
  ]
}

type Store = Parameters<Parameters<typeof openForChange>[1]>[0]

async function change(call: Call, { store, isGranted }: { store: Store; isGranted: boolean }): Promise<void> {
  const [text, tenantName] = call.operands
  const name = getSharedPool(store, text)
  const { id } = getRow(store, tenant, [tenantName])
  const { grants } = store.find(tenant, { id })!
  const others = grants.filter((granted) => granted !== name)
  if (!isGranted) {
    const routes = listSharedRoutes(store, name, { tenantId: id })
    await confirmUse(call, `pool '${text}'`, { users: [describeRows(route, routes)], verb: 'Revoke' })
  }
  const { result: row, revision } = writeChange(call, store, (writer) =>
    writer.update(tenant, id, { grants: isGranted ? [...others, name].toSorted() : others }),
  )
  if (call.print.isJson) printRow(call, store, { entity: tenant, row })
  await announce(call, revision, tenantName)
}

const columns = [
  createColumn('tenant', 'text', ({ name }: TenantRow) => name),
  createColumn('weight', 'number', ({ weight }: TenantRow) => weight),
  createColumn('guarantee', 'number', ({ guarantee }: TenantRow) => guarantee),
]
