import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** One TypeScript file of the project, as contracts about the code read it. */
export interface SourceFile {
  /** From the root of the project, with slashes: `src/kit/clock.ts`. */
  readonly path: string
  readonly text: string
  /** Module names of every static, type-only and dynamic import and re-export. */
  readonly imports: readonly string[]
}

const root = join(import.meta.dirname, '../..')

/** Every `.ts` file below a folder of the project. */
export function readSourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readSourceFile(join(entry.parentPath, entry.name)))
    .toSorted((a, b) => a.path.localeCompare(b.path))
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  return { path: relative(root, path), text, imports: findImports(text) }
}

function findImports(text: string): string[] {
  const patterns = [/^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'/gm, /^import '([^']+)'/gm, /\bimport\('([^']+)'\)/g]
  return patterns.flatMap((pattern) => Array.from(text.matchAll(pattern), (match) => match[1]))
}
