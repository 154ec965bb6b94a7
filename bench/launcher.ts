import { join } from 'node:path'

/** What is installed as `mtlb`. */
export const launcher = join(import.meta.dirname, '../bin/mtlb')
