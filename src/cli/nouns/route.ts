import { route as entity } from '../../model/route.ts'
import { byPrecedence } from '../../model/route-order.ts'
import type { RouteRow } from '../../model/route.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'

export const route = defineNoun({
  entity,
  details:
    'The most specific route that matches wins, in the order of the list: the longest path prefix (by whole segments), then with an ' +
    'expression for the path, with more conditions, for certain methods, and at last by name.',
  order: (a, b) => byPrecedence(a as RouteRow, b as RouteRow),
  examples: {
    add: [
      { command: 'mtlb route add acme/api --path / --pool web' },
      { command: 'mtlb route add acme/upload --path /upload --methods POST,PUT --pool files --max-body 1GB' },
      {
        command: 'mtlb route add acme/files --path /files --pool files --path-mode raw',
        note: 'names with %2F in them',
      },
      { command: "mtlb route add acme/beta --match header:X-Beta=1 --match 'cookie:group=beta*' --pool beta" },
      { command: "mtlb route add acme/items --path-regex '/v[0-9]+/items/.*' --pool items" },
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
