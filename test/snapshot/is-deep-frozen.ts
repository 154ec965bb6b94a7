/** Typed arrays cannot be frozen and count as they are. */
export function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen)
}
