import { findEndpointForbidden } from '../../model/endpoint-misfit.ts'
import { endpoint as entity } from '../../model/endpoint.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'
import { createEndpointCheckCommand } from '../noun-commands/endpoint-check.ts'
import { createPresetCommand } from '../noun-commands/preset.ts'

export const endpoint = defineNoun({
  entity,
  findForbidden: findEndpointForbidden,
  details: 'An endpoint is named by its pool and its URL, or by its place among those of the pool: acme/web/1.',
  examples: {
    add: [
      { command: 'mtlb endpoint add acme/web http://127.0.0.1:9001 --weight 3' },
      { command: 'mtlb endpoint add acme/web http://web.internal:8080', note: 'all its addresses' },
      { command: 'mtlb endpoint add acme/web srv+http://_web._tcp.internal', note: 'hosts and ports from DNS' },
    ],
    list: [{ command: 'mtlb endpoint list acme/web' }],
    set: [{ command: 'mtlb endpoint set acme/web http://127.0.0.1:9001 --weight 0', note: 'drains it' }],
    drain: [{ command: 'mtlb endpoint drain acme/web http://127.0.0.1:9001' }],
    enable: [{ command: 'mtlb endpoint enable acme/web http://127.0.0.1:9001' }],
    disable: [{ command: 'mtlb endpoint disable acme/web http://127.0.0.1:9001' }],
    check: [
      { command: 'mtlb endpoint check acme/web http://127.0.0.1:9001' },
      { command: 'mtlb endpoint check acme/web/1' },
    ],
    remove: [{ command: 'mtlb endpoint remove acme/web http://127.0.0.1:9001' }],
  },
  commands: (noun) => [
    createEndpointCheckCommand(noun),
    createPresetCommand(noun, {
      verb: 'drain',
      summary: 'Give an endpoint no new clients; those that a cookie pins to it still reach it.',
      changes: () => ({ state: 'draining' }),
    }),
    createPresetCommand(noun, {
      verb: 'enable',
      summary: 'Give an endpoint requests again.',
      changes: () => ({ state: 'enabled' }),
    }),
    createPresetCommand(noun, {
      verb: 'disable',
      summary: 'Give an endpoint no requests at all; those under way finish.',
      changes: () => ({ state: 'disabled' }),
    }),
  ],
})
