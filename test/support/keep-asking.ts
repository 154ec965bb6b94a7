import http from 'node:http'
import type { TestContext } from 'node:test'
import { request } from './request.ts'

/** Requests of that host under way all the time, until it is over: how many were answered, and how. */
export function keepAsking(
  t: TestContext,
  port: number,
  { host, clients }: { readonly host: string; readonly clients: number },
) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients })
  t.after(() => agent.destroy())
  const statuses = new Map<number, number>()
  const over = new AbortController()
  const ask = async () => {
    while (!over.signal.aborted) {
      const { status } = await request(port, { host }, agent)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const asking = Promise.all(Array.from({ length: clients }, ask))
  const end = async () => {
    over.abort()
    await asking
  }
  return { statuses, end }
}
