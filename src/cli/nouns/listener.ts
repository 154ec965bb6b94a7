import { listener as entity } from '../../model/listener.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'

export const listener = defineNoun({
  entity,
  details: "A fresh database has one listener, 'main', on 0.0.0.0:8080.",
  examples: {
    add: [{ command: 'mtlb listener add internal --bind 127.0.0.1:8081' }],
    set: [{ command: 'mtlb listener set main --bind 127.0.0.1:8080' }],
    remove: [{ command: 'mtlb listener remove internal' }],
  },
})
