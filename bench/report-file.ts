import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Report } from './report.ts'

const folder = join(import.meta.dirname, 'results')

/** Returns where it is. */
export function writeReport(report: Report): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${report.startedAt.replaceAll(':', '-')}.json`)
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`)
  return relative(process.cwd(), path)
}

export function readReport(path: string): Report {
  return JSON.parse(readFileSync(path, 'utf8')) as Report
}
