import { renderManPages } from '../src/cli/help/render-man.ts'
import { readVersion } from '../src/cli/version.ts'
import { renderSchema } from '../src/store/render-schema.ts'
import { renderRejections } from './render-rejections.ts'
import { renderSettings } from './render-settings.ts'

/** A committed file that is rendered from the sources. */
export interface GeneratedFile {
  /** From the root of the project. */
  readonly path: string
  readonly text: string
}

/** All of them; `npm run generate` writes them, a test compares them. */
export async function renderGeneratedFiles(): Promise<GeneratedFile[]> {
  const manPages = await renderManPages(readVersion())
  return [
    { path: 'schema.sql', text: renderSchema() },
    { path: 'docs/rejections.md', text: renderRejections() },
    { path: 'docs/settings.md', text: renderSettings() },
    ...manPages.map(({ file, text }) => ({ path: `man/${file}`, text })),
  ]
}
