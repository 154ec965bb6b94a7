import type { ToDataThread } from '../proxy/messages.ts'
import type { Change } from './configuration.ts'

/** Large enough to be cheap, small enough that a thread never copies a whole configuration in one go. */
const tenantsPerMessage = 500

/**
 * A change cut into messages for the data threads. Only the last carries the change's number; the others carry 0, whose
 * acknowledgement means nothing.
 */
export function changeMessages({ global, tenants, removedTenantIds }: Change, number: number): ToDataThread[] {
  const messages: ToDataThread[] = []
  for (let at = 0; at === 0 || at < tenants.length; at += tenantsPerMessage) {
    const isFirst = at === 0
    const isLast = at + tenantsPerMessage >= tenants.length
    messages.push({
      kind: 'apply',
      change: isLast ? number : 0,
      global: isFirst ? global : undefined,
      tenants: tenants.slice(at, at + tenantsPerMessage),
      removedTenantIds: isFirst ? removedTenantIds : [],
    })
  }
  return messages
}
