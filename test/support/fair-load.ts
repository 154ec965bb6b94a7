import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../src/kit/random.ts'
import { request } from './request.ts'

export interface Customer {
  readonly host: string
  /** Each asks again as soon as it is answered. */
  readonly clients?: number
  /** Or so many requests, at random times (a Poisson process), whatever becomes of those before. */
  readonly perSecond?: number
}

/** What a customer got while all were measured. */
export interface Got {
  readonly host: string
  readonly perSecond: number
  readonly p99Ms: number
  /** Answers other than 200. */
  readonly refused: number
}

/** Who is refused tries again after so long. */
const retryMs = 10
const warmingMs = 500

/** All customers at once, for so long; what is going on before and after does not count. */
export async function runFairLoad(port: number, customers: readonly Customer[], ms: number): Promise<readonly Got[]> {
  const over = new AbortController()
  let isMeasuring = false
  const running = customers.map(({ host, clients = 0, perSecond = 0 }) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: clients === 0 ? Infinity : clients })
    const latencies: number[] = []
    let refused = 0
    const askOnce = async () => {
      const startMs = performance.now()
      const { status } = await request(port, { host }, agent)
      if (isMeasuring && status === 200) latencies.push(performance.now() - startMs)
      if (isMeasuring && status !== 200) refused += 1
      return status
    }
    const ask = async () => {
      while (!over.signal.aborted) if ((await askOnce()) !== 200) await sleep(retryMs)
    }
    const askAtRandom = async () => {
      const random = new Random(1)
      const asking: Promise<number>[] = []
      let nextMs = performance.now()
      while (!over.signal.aborted) {
        for (; nextMs <= performance.now(); nextMs += (-Math.log(1 - random.fraction()) * 1_000) / perSecond) {
          asking.push(askOnce())
        }
        await sleep(1)
      }
      await Promise.all(asking)
    }
    const asking = Promise.all([...(perSecond > 0 ? [askAtRandom()] : []), ...Array.from({ length: clients }, ask)])
    return { host, agent, asking, got: () => ({ latencies, refused }) }
  })
  await sleep(warmingMs)
  isMeasuring = true
  const startMs = performance.now()
  await sleep(ms)
  isMeasuring = false
  const seconds = (performance.now() - startMs) / 1_000
  over.abort()
  await Promise.all(running.map(({ asking }) => asking))
  return running.map(({ host, agent, got }) => {
    agent.destroy()
    const { latencies, refused } = got()
    const sorted = latencies.toSorted((a, b) => a - b)
    const p99Ms = sorted[Math.floor(sorted.length * 0.99)] ?? Infinity
    return { host, perSecond: latencies.length / seconds, p99Ms, refused }
  })
}

/** Jain's index of fairness: 1 for equal parts, 1/n when one has everything. */
export function jainIndex(parts: readonly number[]): number {
  const sum = parts.reduce((total, part) => total + part, 0)
  return sum ** 2 / (parts.length * parts.reduce((total, part) => total + part ** 2, 0))
}
