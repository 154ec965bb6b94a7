/** A thread entry in test/support. */
export function supportModule(name: string): URL {
  return new URL(`${name}.ts`, import.meta.url)
}
