import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderPage } from './render-page.ts'
import { readReport } from './report-file.ts'

/** Renders docs/benchmarks.md from files of results. */
export function writePage(paths: readonly string[]): void {
  const page = join(import.meta.dirname, '../docs/benchmarks.md')
  writeFileSync(page, renderPage(paths.map(readReport)))
  console.log('docs/benchmarks.md is written')
}
