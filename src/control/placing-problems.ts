import type { UserError } from '../kit/user-error.ts'
import type { SealedTenant } from '../snapshot/sealed-tenant.ts'
import type { Problem } from '../snapshot/tenant-snapshot.ts'

/** Tenants never learn more of each other than that a name is taken. */
export function hostTaken(host: string): Problem {
  return {
    table: 'host',
    row: host,
    field: 'name',
    message: `host '${host}' is in use by another tenant`,
    hint: 'It is granted as soon as the other tenant gives it up.',
  }
}

/** `error` says what was not to be had. */
export function noSlotLeft({ name }: SealedTenant, error: UserError): Problem {
  return {
    table: 'tenant',
    row: name,
    field: 'name',
    message: error.message,
    hint: error.hint ?? 'Restart the server.',
  }
}
