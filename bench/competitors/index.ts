import type { Competitor } from '../competitor.ts'
import { mtlb } from './mtlb.ts'
import { nginxBare } from './nginx-bare.ts'
import { nginx } from './nginx.ts'

/** The first of those that take part is the one that the ratios refer to. */
export const competitors: readonly Competitor[] = [nginx, mtlb, nginxBare]
