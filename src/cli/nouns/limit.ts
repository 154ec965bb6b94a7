import { findLimitMisfit } from '../../model/limit-misfit.ts'
import { limit as entity } from '../../model/limit.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'
import { createLimitShowCommand } from '../noun-commands/limit-show.ts'
import { checkLimitTarget, readLimitTarget, targetFlags } from '../noun-commands/limit-target.ts'

export const limit = defineNoun({
  entity,
  details:
    'A tenant has one for itself, and one for each of its routes and keys that --route or --key names. All that apply to ' +
    "a request must admit it. They hold exactly, over all threads. 'set' makes a limit where there is none.",
  findMisfit: findLimitMisfit,
  isMadeBySet: true,
  nameFlags: { flags: targetFlags, read: readLimitTarget, check: checkLimitTarget },
  examples: {
    add: [{ command: 'mtlb limit add acme --rate 100/s --burst 200' }],
    show: [{ command: 'mtlb limit show acme' }],
    set: [
      { command: 'mtlb limit set acme --rate 100/s --burst 200 --concurrency 50' },
      { command: 'mtlb limit set acme --route api --rate 20/s --burst 40' },
      { command: 'mtlb limit set acme --key ci --rate 10/min --on-exceed shadow' },
    ],
    remove: [
      { command: 'mtlb limit remove acme', note: 'no bound on the tenant as a whole any more' },
      { command: 'mtlb limit remove acme --route api' },
    ],
  },
  commands: (noun) => [createLimitShowCommand(noun)],
})
