import { host as entity } from '../../model/host.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'

export const host = defineNoun({
  entity,
  details: "Names are unique over all tenants. A wildcard stands for one or more first labels: '*.acme.example'.",
  examples: {
    add: [
      { command: 'mtlb host add acme/api.acme.example' },
      { command: "mtlb host add '*.acme.example' --tenant acme" },
    ],
    list: [{ command: 'mtlb host list --tenant acme' }],
    set: [{ command: "mtlb host set api.acme.example --note 'moves to globex in May'" }],
    remove: [{ command: 'mtlb host remove api.acme.example' }],
  },
})
