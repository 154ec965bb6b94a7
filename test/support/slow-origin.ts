import http from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { Random } from '../../src/kit/random.ts'

export interface SlowOriginData {
  /** Requests that it works on at once; the others wait their turns, whosesoever they are. */
  readonly places: number
  /** What one takes, give or take a half. */
  readonly ms: number
}

/** An origin of a fixed capacity, in a thread of its own; posts its port. */
export function serveSlowly({ places, ms }: SlowOriginData): Server {
  const random = new Random(1)
  const waiting: ServerResponse[] = []
  let busy = 0
  const work = (response: ServerResponse) => {
    busy += 1
    setTimeout(
      () => {
        busy -= 1
        response.end('ok')
        const next = waiting.shift()
        if (next !== undefined) work(next)
      },
      ms * (0.5 + random.fraction()),
    )
  }
  return http.createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
    if (busy < places) work(response)
    else waiting.push(response)
  })
}

if (parentPort !== null) {
  const server = serveSlowly(workerData as SlowOriginData)
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as { port: number }).port))
}
