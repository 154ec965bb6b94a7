import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { MessageChannel, Worker } from 'node:worker_threads'
import { pino } from 'pino'
import type { OwnersMessage } from '../../src/ledger/name-book.ts'
import { Recorder } from '../../src/ledger/recorder.ts'
import type { TrafficRecord } from '../../src/slab/record.ts'
import { writeRecord } from '../../src/slab/record.ts'
import { RingWriter } from '../../src/slab/ring.ts'
import { createSlab, type Slab } from '../../src/slab/slab.ts'
import { countExchange, countReason, statsAt } from '../../src/slab/stats.ts'
import { exampleRecord } from '../slab/example-record.ts'
import { fakeClock } from '../support/fake-clock.ts'

export const retention = { retentionDays: 30, retentionBytes: 10e9 }

/** Refusals by their index. */
export const codes = ['no_route', 'rate_limited', 'address_denied']

export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mtlb-ledger-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Two tenants: acme (3) with route api (4) and an endpoint (6), globex (7) with nothing. */
export const acme: OwnersMessage = {
  kind: 'owners',
  tenant: { id: 3, name: 'acme', slot: 1 },
  routes: [{ id: 4, name: 'api', slot: 2 }],
  endpoints: [{ id: 6, name: 'http://127.0.0.1:9001', slot: 3 }],
  keys: [{ id: 5, name: 'ci', slot: 5 }],
}

export const globex: OwnersMessage = {
  kind: 'owners',
  tenant: { id: 7, name: 'globex', slot: 4 },
  routes: [],
  endpoints: [],
  keys: [],
}

/** A recorder in this thread, over a clock that the test moves. */
export function openRecorder(
  t: TestContext,
  { folder = tempFolder(t), slab = createSlab({ threads: 2 }), clock = fakeClock(), runId = 1 } = {},
) {
  const logged: string[] = []
  const log = pino({}, { write: (line: string) => void logged.push(line) })
  const recorder = new Recorder({ slab, folder, runId, codes, retention, clock, log })
  recorder.learn(acme)
  recorder.learn(globex)
  let isStopped = false
  const stop = () => {
    if (!isStopped) recorder.stop()
    isStopped = true
  }
  t.after(stop)
  const rings = Array.from({ length: slab.threads }, (_, thread) => new RingWriter(slab, thread))
  return {
    folder,
    slab,
    clock,
    recorder,
    logged,
    stop,
    /** Hands over a record that began now. */
    record: (differences: Partial<TrafficRecord> = {}, thread = 0) =>
      writeRecord(rings[thread], exampleRecord({ timeMs: clock.wallMs(), ...differences })),
    /** Counts an exchange in a slot. */
    count: (slot: number, status = 200, thread = 0) => countOutcome(slab, slot, { status, thread }),
    /** Lets that much time pass, with a turn each 25 ms or, when it is long, a hundred turns. */
    run: (ms: number) => {
      const stepMs = Math.max(25, ms / 100)
      for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
        clock.advance(stepMs)
        recorder.turn()
      }
    },
  }
}

export function countOutcome(slab: Slab, slot: number, { status = 200, thread = 0 } = {}): void {
  if (status === 429) countReason(slab, slot, codes.indexOf('rate_limited'))
  const outcome = {
    status,
    isRejected: status === 429,
    bytesIn: 10,
    bytesOut: 100,
    durationUs: 2_000,
    endpointTimeUs: 1_500,
  }
  countExchange(slab, statsAt(slab, thread, slot), outcome)
}

/** A recorder as the server runs it. */
export async function startRecorderThread(t: TestContext, { folder, slab, runId = 1 }: RecorderThreadPlan) {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('../../src/ledger/recorder-thread.ts', import.meta.url), {
    workerData: { slab: slab.shared, folder, runId, codes, namesPort: port2, settings: retention },
    transferList: [port2],
  })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  t.after(async () => {
    port1.close()
    await worker.terminate()
  })
  port1.postMessage(acme)
  port1.postMessage(globex)
  await new Promise((resolve) => worker.once('message', resolve))
  return {
    worker,
    names: port1,
    stop: async () => {
      worker.postMessage({ kind: 'stop' })
      await exited
    },
  }
}

interface RecorderThreadPlan {
  readonly folder: string
  readonly slab: Slab
  readonly runId?: number
}
