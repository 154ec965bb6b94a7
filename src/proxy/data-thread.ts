import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { systemClock } from '../kit/clock.ts'
import { addToThreadCell, threadCell } from '../slab/thread-cells.ts'
import { applyChange } from './apply-change.ts'
import { createThreadState } from './create-thread-state.ts'
import { openListener } from './listener.ts'
import type { ListenerShare } from './listener.ts'
import type { DataThreadData, FromDataThread, ToDataThread } from './messages.ts'

/** How late a timeout may fire. */
const sweepIntervalMs = 250

/** How often a draining thread looks whether it may go. */
const drainIntervalMs = 20

const port = parentPort as MessagePort
const state = createThreadState(workerData as DataThreadData, {
  clock: systemClock,
  tell: (event) => post({ kind: 'event', event }),
  suspect: (suspicion) => post({ kind: 'suspect', suspicion }),
})
const shares = new Map<number, ListenerShare>()

port.on('message', (message: ToDataThread) => handle(message))
setInterval(sweep, sweepIntervalMs)
post({ kind: 'ready' })

function handle(message: ToDataThread): void {
  switch (message.kind) {
    case 'apply':
      applyChange(state, message)
      return post({ kind: 'applied', change: message.change })
    case 'listen':
      return listen(message.listener, message)
    case 'unlisten':
      return unlisten(message.listener)
    case 'drain':
      return drain(message.timeoutMs)
    default:
      throw new Error(`unknown message to a data thread: ${JSON.stringify(message satisfies never)}`)
  }
}

function listen(listener: number, at: { address: string; port: number }): void {
  unlisten(listener)
  const share = openListener(state, at, {
    onListening: (actualPort) => post({ kind: 'listening', listener, port: actualPort }),
    onError: (code) => post({ kind: 'listen_failed', listener, code }),
  })
  shares.set(listener, share)
}

function unlisten(listener: number): void {
  shares.get(listener)?.close()
  shares.delete(listener)
}

function sweep(): void {
  addToThreadCell(state.slab, state.thread, threadCell.heartbeat, 1)
  state.sweeper.sweep(state.clock.monotonicUs())
}

/** Nothing new is accepted, what is under way ends with `Connection: close`, and at the latest after `timeoutMs` all ends. */
function drain(timeoutMs: number): void {
  state.isDraining = true
  for (const listener of shares.keys()) unlisten(listener)
  for (const connection of state.connections) connection.drain()
  const deadlineUs = state.clock.monotonicUs() + timeoutMs * 1_000
  const timer = setInterval(() => {
    const busy = countBusy()
    if (busy > 0 && state.clock.monotonicUs() < deadlineUs) return
    clearInterval(timer)
    // Ending a connection closes its exchange, which writes its record.
    for (const connection of state.connections) connection.abandon()
    post({ kind: 'drained', abandoned: busy })
    setImmediate(() => process.exit(0))
  }, drainIntervalMs)
}

function countBusy(): number {
  let busy = 0
  for (const connection of state.connections) busy += connection.isBusy ? 1 : 0
  return busy
}

function post(message: FromDataThread): void {
  port.postMessage(message)
}
