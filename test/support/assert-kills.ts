import assert from 'node:assert/strict'
import type { Kills } from './run-kills.ts'

/** A flush each second, and what the machine is late with one. */
const lostSeconds = 1.6

/** Nothing was given twice, nothing was counted twice, and no more than a second's use was lost with each kill. */
export function assertKills({ lives, spent, used }: Kills, amount: number): void {
  assert.ok(spent <= amount, `${spent} of ${amount} were spent`)
  assert.ok(used >= spent, `${used} count as used, and ${spent} were spent`)
  const perSecond = Math.max(...lives.map(({ served, seconds }) => served / seconds))
  const lost = used - spent
  // Requests that were admitted and never sent on are not among those spent.
  assert.ok(lost <= lives.length * (perSecond * 0.75 + 32), `${lost} lost at ${perSecond}/s and ${lives.length} kills`)
  for (const { sent, seconds, inLedger } of lives) {
    assert.ok(inLedger <= sent, `${inLedger} in the ledger of ${sent} that were sent`)
    const rate = sent / seconds
    assert.ok(inLedger >= sent - rate * lostSeconds - 32, `${inLedger} in the ledger of ${sent}, at ${rate}/s`)
  }
}
