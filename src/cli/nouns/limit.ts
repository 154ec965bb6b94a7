import { limit as entity } from '../../model/limit.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'

export const limit = defineNoun({
  entity,
  details: "A tenant has at most one. 'set' makes it when there is none. The limit holds exactly, over all threads.",
  examples: {
    add: [{ command: 'mtlb limit add acme --rate 100/s --burst 200' }],
    set: [{ command: 'mtlb limit set acme --rate 100/s --burst 200' }],
    remove: [{ command: 'mtlb limit remove acme', note: 'no bound any more' }],
  },
})
