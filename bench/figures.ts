/** A contender's figure over all rounds. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Names its contender and its round; of each contender and round there is one. */
export interface Reading {
  readonly name: string
  readonly round: number
}

/** Undefined when there is no reading under that name. */
export function spreadOf<T extends Reading>(
  readings: readonly T[],
  name: string,
  figure: (reading: T) => number,
): Spread | undefined {
  const values = readings.filter((reading) => reading.name === name).map(figure)
  if (values.length === 0) return undefined
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) }
}

/**
 * How many times as much one contender has as another: the median of the rounds' own ratios, since what disturbs a round
 * disturbs both. Undefined when one of them was not measured.
 */
export function ratioOf<T extends Reading>(
  readings: readonly T[],
  { of, to }: { readonly of: string; readonly to: string },
  figure: (reading: T) => number,
): number | undefined {
  const base = new Map(readings.filter(({ name }) => name === to).map((reading) => [reading.round, figure(reading)]))
  const ratios = readings
    .filter(({ name, round }) => name === of && base.has(round))
    .map((reading) => figure(reading) / (base.get(reading.round) ?? NaN))
  return ratios.length === 0 ? undefined : median(ratios)
}

/** The ratio of one to each of the others by name, as far as they were measured. */
export function ratiosOf<T extends Reading>(
  readings: readonly T[],
  { of, to }: { readonly of: string; readonly to: Readonly<Record<string, string>> },
  figure: (reading: T) => number,
): Record<string, number> {
  const ratios: Record<string, number> = {}
  for (const [label, name] of Object.entries(to)) {
    const ratio = ratioOf(readings, { of, to: name }, figure)
    if (ratio !== undefined) ratios[label] = ratio
  }
  return ratios
}

/** The middle one, or half-way between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
