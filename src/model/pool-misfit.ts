import type { Misfit } from './misfit.ts'
import { pool } from './pool.ts'
import type { PoolRow } from './pool.ts'
import type { Settings } from './setting.ts'

/** The first of a pool; what is not given has its default. */
export function findPoolMisfit(row: Partial<PoolRow>): Misfit | undefined {
  const { balance = 'round-robin', hashOn, hashLoadPercent, sticky = 'off', health = 'off', healthCommand } = row
  const { fields } = pool
  if (balance === 'hash' && hashOn === undefined) {
    return {
      field: fields.hashOn.column,
      message: "balance 'hash' does not know what to hash",
      hint: "Say it with '--hash-on header:NAME', or cookie:NAME, query:NAME, path, tenant or key.",
    }
  }
  if (balance !== 'hash' && hashOn !== undefined) {
    return {
      field: fields.hashOn.column,
      message: `hash on '${hashOn}' is for balance 'hash', not for '${balance}'`,
      hint: "Say '--balance hash', or take it away with '--hash-on='.",
    }
  }
  if (hashLoadPercent !== undefined && balance !== 'hash' && balance !== 'ip-hash') {
    return {
      field: fields.hashLoadPercent.column,
      message: `hash load is for balance 'hash' and 'ip-hash', not for '${balance}'`,
      hint: "Say '--balance hash' or '--balance ip-hash', or take it away with '--hash-load='.",
    }
  }
  if (sticky === 'ip' && (balance === 'hash' || hashLoadPercent !== undefined)) {
    return {
      field: fields.sticky.column,
      message: `sticky 'ip' leaves nothing to decide for ${balance === 'hash' ? "balance 'hash'" : 'hash load'}`,
      hint: "Say '--sticky off' or '--sticky cookie', or another balance without '--hash-load'.",
    }
  }
  if (health === 'exec' && healthCommand === undefined) {
    return {
      field: fields.healthCommand.column,
      message: "health 'exec' does not know what to run",
      hint: "Say it with '--health-command COMMAND'.",
    }
  }
  if (health !== 'exec' && healthCommand !== undefined) {
    return {
      field: fields.healthCommand.column,
      message: `health command is for health 'exec', not for '${health}'`,
      hint: "Say '--health exec', or take it away with '--health-command='.",
    }
  }
  return undefined
}

/** Whoever may edit pools does not for that reason run commands on this machine. */
export function findPoolForbidden(
  { health, fromExec }: Partial<PoolRow>,
  settings: () => Settings,
): Misfit | undefined {
  const hint = "Allow it: 'mtlb setting set allow-exec on'."
  if (health === 'exec' && !settings().allowExec) {
    const message = "health 'exec' runs a command, and the setting 'allow-exec' is off"
    return { field: pool.fields.health.column, message, hint }
  }
  if (fromExec !== undefined && !settings().allowExec) {
    const message = "from exec runs a command, and the setting 'allow-exec' is off"
    return { field: pool.fields.fromExec.column, message, hint }
  }
  return undefined
}
