/** Words of ours that SQL keeps for itself. */
const reserved: ReadonlySet<string> = new Set(['key', 'limit', 'match', 'range'])

/** The name of a table or column as it stands in a statement. */
export function sqlName(name: string): string {
  return reserved.has(name) ? `"${name}"` : name
}
