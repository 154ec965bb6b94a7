import type { Trial } from '../trial.ts'
import { apply } from './apply.ts'
import { balance } from './balance.ts'
import { checks } from './checks.ts'
import { fairness } from './fairness.ts'
import { churn } from './churn.ts'
import { faults } from './faults.ts'
import { halfLoad } from './half-load.ts'
import { limits } from './limits.ts'
import { loadTrials } from './load-trials.ts'
import { logs } from './logs.ts'
import { tenants } from './tenants.ts'
import { traffic } from './traffic.ts'

/** In the order in which they run. */
export const trials: readonly Trial[] = [
  ...loadTrials,
  traffic,
  halfLoad,
  tenants,
  apply,
  churn,
  logs,
  balance,
  limits,
  checks,
  fairness,
  faults,
]
