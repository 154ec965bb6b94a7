import type { Database } from 'better-sqlite3'
import { adaptive } from './migrate-adaptive.ts'
import { auditSeals } from './migrate-audit-seals.ts'
import { availability } from './migrate-availability.ts'
import { bandwidth } from './migrate-bandwidth.ts'
import { bounds } from './migrate-bounds.ts'
import { breakers } from './migrate-breakers.ts'
import { backoff } from './migrate-backoff.ts'
import { ejection } from './migrate-ejection.ts'
import { execChecks } from './migrate-exec-checks.ts'
import { healthChecks } from './migrate-health-checks.ts'
import { limitQueue } from './migrate-limit-queue.ts'
import { limitTargets } from './migrate-limit-targets.ts'
import { mirrors } from './migrate-mirrors.ts'
import { modes } from './migrate-modes.ts'
import { moreBounds } from './migrate-more-bounds.ts'
import { plans } from './migrate-plans.ts'
import { poolBalancing } from './migrate-pool-balancing.ts'
import { prices } from './migrate-prices.ts'
import { quotas } from './migrate-quotas.ts'
import { retries } from './migrate-retries.ts'
import { routeMatches } from './migrate-route-matches.ts'
import { routeRules } from './migrate-route-rules.ts'
import { sharedPools } from './migrate-shared-pools.ts'
import { sources } from './migrate-sources.ts'
import { splits } from './migrate-splits.ts'

/** One step forward, run in one transaction together with the new schema version. */
export interface Migration {
  readonly summary: string
  run(database: Database): void
}

/** Append only. The first one leads from schema version 1 to 2; a fresh database starts at the end of the list. */
export const migrations: readonly Migration[] = [
  routeRules,
  poolBalancing,
  availability,
  healthChecks,
  ejection,
  retries,
  bounds,
  breakers,
  backoff,
  execChecks,
  limitTargets,
  plans,
  bandwidth,
  limitQueue,
  quotas,
  prices,
  moreBounds,
  sharedPools,
  auditSeals,
  adaptive,
  modes,
  splits,
  routeMatches,
  mirrors,
  sources,
]
