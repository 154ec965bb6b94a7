import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { cleanUp } from './clean-up.ts'
import { supportModule } from './support-module.ts'

export interface PipelinersData {
  readonly port: number
  /** One request. */
  readonly bytes: string
  /** In each answer once. */
  readonly expected: string
  readonly connections: number
}

export interface Pipelined {
  readonly sent: number
  readonly answered: number
  /** A connection ended. */
  readonly isBroken: boolean
}

/** Clients that pipeline without end, in a thread of their own; resolves, once the first is answered, to what stops them when all are. */
export async function startPipeliners(t: TestContext, data: PipelinersData): Promise<() => Promise<Pipelined>> {
  const worker = new Worker(supportModule('pipelining-thread'), { workerData: data })
  cleanUp(t, () => worker.terminate())
  await once(worker, 'message')
  return async () => {
    worker.postMessage('stop')
    const [pipelined] = await once(worker, 'message')
    return pipelined
  }
}
