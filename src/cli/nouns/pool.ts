import { findPoolForbidden, findPoolMisfit } from '../../model/pool-misfit.ts'
import { pool as entity } from '../../model/pool.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'
import { createGrantCommands } from '../noun-commands/pool-grants.ts'
import { createPoolStatusCommand } from '../noun-commands/pool-status.ts'

export const pool = defineNoun({
  entity,
  findMisfit: findPoolMisfit,
  findForbidden: findPoolForbidden,
  examples: {
    add: [{ command: 'mtlb pool add acme/web' }, { command: 'mtlb pool add acme/web --balance least-connections' }],
    list: [{ command: 'mtlb pool list --tenant acme' }],
    set: [
      { command: 'mtlb pool set acme/web --connect-timeout 2s' },
      { command: 'mtlb pool set acme/web --balance hash --hash-on header:x-user' },
      { command: 'mtlb pool set acme/web --from-file endpoints.json' },
      { command: 'mtlb pool set acme/web --health http --health-path /healthz --health-interval 2s' },
    ],
    status: [{ command: 'mtlb pool status acme/web' }],
    remove: [{ command: 'mtlb pool remove acme/web --yes', note: 'even when routes use it' }],
  },
  commands: (noun) => [createPoolStatusCommand(noun), ...createGrantCommands()],
})
