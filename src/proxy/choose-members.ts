/** What decides, besides its health, whether an endpoint of a pool is picked from. */
export interface Member {
  /** It is enabled and has a weight: it may be picked at all. */
  readonly isOpen: boolean
  /** It is picked no more, but keeps the clients that are pinned to it. */
  readonly isDraining: boolean
  /** A later group serves only while nobody of an earlier one may. */
  readonly group: number
  /** It is in the node's own zone; everybody is where no zone is set. */
  readonly isLocal: boolean
}

export interface MemberRules {
  /** While a smaller share of the local endpoints is healthy, those of other zones serve as well. */
  readonly spillBelowPercent: number
  /** While a smaller share of all endpoints is healthy, health says nothing any more and all serve; 0: never. */
  readonly panicBelowPercent: number
}

/**
 * Writes into `isUsable` who is picked from, 1 or 0 by index, given who is healthy; returns whether that is panic. An algorithm
 * then shares the work among those alone, by their weights.
 */
export function chooseMembers(
  members: readonly Member[],
  { isHealthy, isUsable }: { readonly isHealthy: Uint8Array; readonly isUsable: Uint8Array },
  rules: MemberRules,
): boolean {
  const open = countWhere(members, ({ isOpen }) => isOpen)
  const healthy = countWhere(members, ({ isOpen }, index) => isOpen && isHealthy[index] === 1)
  const isPanic = healthy * 100 < rules.panicBelowPercent * open
  if (isPanic || healthy === 0) {
    for (const [index, { isOpen }] of members.entries()) isUsable[index] = Number(isPanic && isOpen)
    return isPanic
  }
  const group = findGroup(members, isHealthy)
  const isLocalOnly = hasLocalEnough(members, isHealthy, { group, ...rules })
  for (const [index, member] of members.entries()) {
    const isWanted = member.isOpen && member.group === group && (member.isLocal || !isLocalOnly)
    isUsable[index] = isWanted ? isHealthy[index] : 0
  }
  return false
}

/** The first group of which anybody is healthy. */
function findGroup(members: readonly Member[], isHealthy: Uint8Array): number {
  let least = Infinity
  for (const [index, { isOpen, group }] of members.entries()) {
    if (isOpen && isHealthy[index] === 1 && group < least) least = group
  }
  return least
}

function hasLocalEnough(
  members: readonly Member[],
  isHealthy: Uint8Array,
  { group, spillBelowPercent }: MemberRules & { readonly group: number },
): boolean {
  const isCounted = (member: Member) => member.isOpen && member.group === group && member.isLocal
  const local = countWhere(members, isCounted)
  const healthy = countWhere(members, (member, index) => isCounted(member) && isHealthy[index] === 1)
  return healthy > 0 && healthy * 100 >= spillBelowPercent * local
}

function countWhere(members: readonly Member[], is: (member: Member, index: number) => boolean): number {
  let count = 0
  for (const [index, member] of members.entries()) if (is(member, index)) count += 1
  return count
}
