import type { TestContext } from 'node:test'
import { fakeClock } from '../support/fake-clock.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { RawScript } from '../support/start-raw-origin.ts'
import { startThread } from './start-thread.ts'

/** A data thread whose time passes as the test says, an endpoint, and a client. */
export async function startClient(t: TestContext, script: RawScript) {
  const origin = await startRawOrigin(t, script)
  const clock = fakeClock()
  const started = await startThread(t, { endpointUrl: origin.url, clock })
  const client = await connectRaw(t, started.port)
  await turns()
  const pass = async (ms: number) => {
    clock.advance(ms)
    started.sweep()
    await turns()
  }
  return { ...started, origin, client, pass }
}

/** What was sent over loopback has arrived, and was handled, and what followed from it as well. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
