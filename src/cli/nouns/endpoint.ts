import { endpoint as entity } from '../../model/endpoint.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'

export const endpoint = defineNoun({
  entity,
  details: 'An endpoint is named by its pool and its URL.',
  examples: {
    add: [{ command: 'mtlb endpoint add acme/web http://127.0.0.1:9001 --weight 3' }],
    list: [{ command: 'mtlb endpoint list acme/web' }],
    set: [{ command: 'mtlb endpoint set acme/web http://127.0.0.1:9001 --weight 0', note: 'drains it' }],
    remove: [{ command: 'mtlb endpoint remove acme/web http://127.0.0.1:9001' }],
  },
})
