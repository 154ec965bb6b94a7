import { route as entity } from '../../model/route.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'

export const route = defineNoun({
  entity,
  details: 'The longest path prefix that matches by whole segments wins; of equals the one that names the method.',
  examples: {
    add: [
      { command: 'mtlb route add acme/api --path / --pool web' },
      { command: 'mtlb route add acme/upload --path /upload --methods POST,PUT --pool files --max-body 1GB' },
      {
        command: 'mtlb route add acme/files --path /files --pool files --path-mode raw',
        note: 'names with %2F in them',
      },
      { command: 'mtlb route add acme/health --path /healthz --pool web --auth none', note: 'open to everybody' },
    ],
    list: [{ command: 'mtlb route list --tenant acme' }],
    set: [
      { command: 'mtlb route set acme/api --pool web2' },
      { command: "mtlb route set acme/upload --max-body ''", note: 'no bound any more' },
    ],
    remove: [{ command: 'mtlb route remove acme/api' }],
  },
})
