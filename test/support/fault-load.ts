import http from 'node:http'
import { request } from './request.ts'

/** One request that was not answered with 200 and its whole body. */
export interface FailedRequest {
  /** Unix milliseconds. */
  readonly sentMs: number
  readonly why: string
}

export interface FaultLoad {
  readonly requests: number
  readonly failed: readonly FailedRequest[]
  /** How long the slowest took. */
  readonly slowestMs: number
}

export interface FaultLoadPlan {
  readonly port: number
  readonly requests: number
  readonly perSecond: number
  readonly connections: number
  /** What the body must be. */
  readonly body: string
}

/** Idempotent requests over kept connections, sent at a steady pace whatever becomes of them. */
export async function runFaultLoad({
  port,
  requests,
  perSecond,
  connections,
  body,
}: FaultLoadPlan): Promise<FaultLoad> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const failed: FailedRequest[] = []
  let slowestMs = 0
  const send = async () => {
    const sentMs = Date.now()
    const startMs = performance.now()
    const why = await request(port, {}, agent).then(
      (answer) => (answer.status !== 200 ? `status ${answer.status}` : answer.body === body ? '' : 'another body'),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    slowestMs = Math.max(slowestMs, performance.now() - startMs)
    if (why !== '') failed.push({ sentMs, why })
  }
  const startMs = performance.now()
  const all: Promise<void>[] = []
  while (all.length < requests) {
    const due = Math.min(requests, Math.ceil(((performance.now() - startMs) / 1_000) * perSecond))
    while (all.length < due) all.push(send())
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(all)
  agent.destroy()
  return { requests, failed, slowestMs }
}
