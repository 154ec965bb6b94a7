import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { UserError } from '../kit/user-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

const systemFolder = '/var/lib/mtlb'

/** Where the files are: `--data`, else MTLB_DATA, else the system's folder where it is writable, else the user's own. */
export function resolveDataFolder(flag: string | undefined, environment: Environment, system = systemFolder): string {
  if (flag === '') throw new UserError('usage', "--data '' names no folder", "Name one: '--data /var/lib/mtlb'.")
  const named = flag ?? environment.MTLB_DATA
  if (named !== undefined && named !== '') return resolve(named)
  if (isWritable(system)) return system
  // A relative path here counts as not set (XDG base directory specification).
  const state = environment.XDG_STATE_HOME
  const base = state?.startsWith('/') ? state : join(environment.HOME || homedir(), '.local', 'state')
  return join(base, 'mtlb')
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
