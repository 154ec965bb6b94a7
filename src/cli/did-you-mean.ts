/** The candidate that `text` is most likely a slip of, or undefined when none is near. */
export function findNearest(text: string, candidates: readonly string[]): string | undefined {
  const wanted = text.toLowerCase()
  let nearest: string | undefined
  let nearestDistance = Math.floor(Math.max(wanted.length, 3) / 3) + 1
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < nearestDistance) {
      nearest = candidate
      nearestDistance = distance
    }
  }
  return nearest
}

/** `Did you mean 'web'?`, or undefined when nothing is near. */
export function didYouMean(text: string, candidates: readonly string[]): string | undefined {
  const nearest = findNearest(text, candidates)
  return nearest === undefined ? undefined : `Did you mean '${nearest}'?`
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 4) return Infinity
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      let cost = Math.min(above[column] + 1, current[column - 1] + 1, above[column - 1] + (isSame ? 0 : 1))
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) cost = Math.min(cost, before[column - 2] + 1)
      current.push(cost)
    }
    before = above
    above = current
  }
  return above[b.length]
}
