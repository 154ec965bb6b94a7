import { acme, tight, wrongKey } from '../tenants.ts'
import type { Trial } from '../trial.ts'
import { createLoadTrial } from './load-trial.ts'
import type { Budget } from './load-trial.ts'

const small = { requests: [{ tenant: acme }], status: 200 } as const
const kibibyte = '0123456789abcdef'.repeat(64)

/** What a relayed request may cost. */
export const relayBudgets: readonly Budget[] = [
  { figure: 'cpu', against: 'nginx-lua', sense: 'at most', ratio: 1 },
  { figure: 'cpu', against: 'nginx', sense: 'at most', ratio: 1.25 },
  { figure: 'dataCpu', against: 'nginx', sense: 'at most', ratio: 1.15 },
  { figure: 'cpu', against: 'haproxy', sense: 'at most', ratio: 1.3 },
  { figure: 'cpu', against: 'httpxy', sense: 'at most', ratio: 0.25 },
  { figure: 'cpu', against: 'fastify-http-proxy', sense: 'at most', ratio: 0.25 },
  { figure: 'cpu', against: 'http-proxy', sense: 'at most', ratio: 0.25 },
]

/** Kinds of load, each put to everybody who can stand it. */
export const loadTrials: readonly Trial[] = [
  createLoadTrial({
    name: 'get',
    summary: 'small GET, keep-alive, 64 connections',
    load: { ...small, connections: 64 },
    budgets: relayBudgets,
  }),
  createLoadTrial({
    name: 'get-1',
    summary: 'small GET, keep-alive, 1 connection',
    load: { ...small, connections: 1 },
  }),
  createLoadTrial({
    name: 'get-1000',
    summary: 'small GET, keep-alive, 1,000 connections',
    load: { ...small, connections: 1_000 },
  }),
  createLoadTrial({
    name: 'close',
    summary: 'small GET, a connection for each, 64 at a time',
    load: { connections: 64, requests: [{ tenant: acme, isLast: true }], status: 200 },
    budgets: [{ figure: 'cpu', against: 'nginx', sense: 'at most', ratio: 1.5 }],
  }),
  createLoadTrial({
    name: 'post',
    summary: 'POST of 10 KiB, keep-alive, 64 connections',
    load: { connections: 64, requests: [{ tenant: acme, path: '/upload', body: kibibyte.repeat(10) }], status: 200 },
  }),
  createLoadTrial({
    name: 'upload',
    summary: 'POST of 64 KiB in 8 chunks, keep-alive, 64 connections',
    load: {
      connections: 64,
      requests: [{ tenant: acme, path: '/upload', body: Array<string>(8).fill(kibibyte.repeat(8)) }],
      status: 200,
    },
  }),
  createLoadTrial({
    name: 'large',
    summary: 'GET answered with 1 MiB, keep-alive, 16 connections',
    load: { connections: 16, requests: [{ tenant: acme, path: '/large' }], status: 200 },
    budgets: [{ figure: 'throughput', against: 'nginx', sense: 'at least', ratio: 0.7 }],
  }),
  createLoadTrial({
    name: 'rejected-key',
    summary: 'small GET with a wrong key, keep-alive, 64 connections',
    load: { connections: 64, requests: [{ tenant: acme, key: wrongKey }], status: 401 },
  }),
  createLoadTrial({
    name: 'rejected-limit',
    summary: 'small GET of a tenant whose limit is used up, keep-alive, 64 connections',
    load: { connections: 64, requests: [{ tenant: tight }], status: 429 },
  }),
]
