import type { Competitor } from '../competitor.ts'
import { createNodePeer } from '../node-peer.ts'
import { haproxyBare } from './haproxy-bare.ts'
import { haproxy } from './haproxy.ts'
import { mtlb } from './mtlb.ts'
import { nginxBare } from './nginx-bare.ts'
import { nginxLua } from './nginx-lua.ts'
import { nginx } from './nginx.ts'

/** Ratios refer to mtlb, so it comes first. */
export const competitors: readonly Competitor[] = [
  mtlb,
  nginx,
  nginxLua,
  haproxy,
  nginxBare,
  haproxyBare,
  createNodePeer('httpxy', 'httpxy'),
  createNodePeer('fastify-http-proxy', '@fastify/http-proxy', {
    close: "passes the origin's `Connection: keep-alive` on and closes: the client's next request is lost",
  }),
  createNodePeer('http-proxy', 'http-proxy'),
]
