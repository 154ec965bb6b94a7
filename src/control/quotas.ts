import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { UserError } from '../kit/user-error.ts'
import { QuotaFile } from '../limit/quota-file.ts'
import type { Slab } from '../slab/slab.ts'

/** What of quotas is used comes back into the slab. Throws UserError `storage` when there is no place to keep it. */
export function openQuotas(folder: string, slab: Slab, log: Log): QuotaFile {
  const path = join(folder, 'quotas')
  try {
    const quotas = new QuotaFile(path, slab.quotas)
    const { setAside } = quotas
    if (setAside !== undefined)
      log.error({ code: 'quotas_lost', setAside }, `'${path}' is damaged: all quotas begin anew`)
    return quotas
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError('storage', `'${path}' cannot be used: ${reason}`, 'It keeps what of quotas is used.')
  }
}

/** After the last data thread has ended. */
export function closeQuotas(quotas: QuotaFile, clock: Clock, log: Log): void {
  try {
    quotas.close(clock.wallMs())
  } catch (error) {
    log.error({ code: 'quotas_unwritten', err: error }, 'what was granted ahead of quotas stays granted')
  }
}
