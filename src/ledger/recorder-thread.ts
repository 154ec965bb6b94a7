import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { systemClock } from '../kit/clock.ts'
import { createLog } from '../kit/log.ts'
import { attachSlab } from '../slab/slab.ts'
import type { SharedSlab } from '../slab/slab.ts'
import type { OwnersMessage } from './name-book.ts'
import { Recorder } from './recorder.ts'
import type { Retention } from './retention.ts'

/** What the recorder is born with. */
export interface RecorderData {
  readonly slab: SharedSlab
  readonly folder: string
  /** The same for every recorder over one slab. */
  readonly runId: number
  /** Of refusals, by the index under which the slab counts them. */
  readonly codes: readonly string[]
  /** Read before every turn, so that names are known before the records that use them. */
  readonly namesPort: MessagePort
  readonly settings: Retention
}

export type ToRecorder =
  | OwnersMessage
  | ({ readonly kind: 'settings' } & Retention)
  | { readonly kind: 'forget'; readonly tenantIds: readonly number[] }

export type FromRecorder =
  | { readonly kind: 'ready' | 'stopped' }
  /** Whatever was recorded of them before is written by now or never will be. */
  | { readonly kind: 'forgotten'; readonly tenantIds: readonly number[] }

const turnMs = 25

const { slab, folder, runId, codes, namesPort, settings } = workerData as RecorderData
const log = createLog({ name: 'recorder' })
const recorder = new Recorder({
  slab: attachSlab(slab),
  folder,
  runId,
  codes,
  retention: settings,
  clock: systemClock,
  log,
})
const timer = setInterval(takeTurn, turnMs)
parentPort?.on('message', stop)
tell({ kind: 'ready' })

function takeTurn(): void {
  listen()
  recorder.turn()
}

function listen(): void {
  for (let received = receiveMessageOnPort(namesPort); received; received = receiveMessageOnPort(namesPort)) {
    const message = received.message as ToRecorder
    if (message.kind === 'owners') recorder.learn(message)
    else if (message.kind === 'settings') recorder.setRetention(message)
    else forget(message.tenantIds)
  }
}

function forget(tenantIds: readonly number[]): void {
  recorder.forget(tenantIds)
  tell({ kind: 'forgotten', tenantIds })
}

function tell(message: FromRecorder): void {
  parentPort?.postMessage(message)
}

/** The one message is `stop`; when all is written the thread has nothing left to wait for and ends. */
function stop(): void {
  clearInterval(timer)
  listen()
  recorder.stop()
  namesPort.close()
  tell({ kind: 'stopped' })
  parentPort?.close()
}
