import type { Competitor } from '../competitor.ts'
import { readHaproxyVersion, startHaproxy } from '../haproxy.ts'

/** What relaying alone costs there. */
export const haproxyBare: Competitor = {
  name: 'haproxy-bare',
  summary: 'relays, and nothing else, one thread',
  hasKeys: false,
  needs: ['haproxy'],
  readVersion: readHaproxyVersion,
  start: (folder, originPort) => startHaproxy({ folder, originPort, frontend: '' }),
}
