import type { RequestCase } from '../request-case.ts'
import { chunks } from './chunks.ts'
import { codings } from './codings.ts'
import { desyncs } from './desyncs.ts'
import { fields } from './fields.ts'
import { hosts } from './hosts.ts'
import { lengths } from './lengths.ts'
import { lines } from './lines.ts'
import { routes } from './routes.ts'
import { sizes } from './sizes.ts'
import { startLines } from './start-lines.ts'
import { targets } from './targets.ts'

/** Every theme of the corpus. */
export const requestCases: readonly RequestCase[] = [
  lengths,
  codings,
  lines,
  chunks,
  hosts,
  targets,
  startLines,
  fields,
  routes,
  sizes,
  desyncs,
].flat()
