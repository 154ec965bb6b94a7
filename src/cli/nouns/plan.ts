import { findPlanMisfit } from '../../model/plan-misfit.ts'
import { plan as entity } from '../../model/plan.ts'
import { createReplayCommand } from './plan-replay.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'

export const plan = defineNoun({
  entity,
  findMisfit: findPlanMisfit,
  details:
    'A tenant has a plan with --plan. What its own limits say of rate or concurrency takes the place of what the plan says; ' +
    'a change of the plan holds for all who have it, at once.',
  examples: {
    add: [{ command: 'mtlb plan add gold --rate 1000/s --burst 2000 --concurrency 200 --client-rate 20/s' }],
    list: [{ command: 'mtlb plan list' }],
    set: [{ command: 'mtlb plan set gold --rate 2000/s' }],
    remove: [{ command: 'mtlb plan remove gold' }],
  },
  commands: () => [createReplayCommand()],
})
