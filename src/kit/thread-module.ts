/** URL of a sibling module to run as a thread: `.ts` when running from the sources, `.js` in the build. */
export function threadModule(importerUrl: string, path: string): URL {
  const extension = importerUrl.endsWith('.ts') ? '.ts' : '.js'
  return new URL(path + extension, importerUrl)
}
