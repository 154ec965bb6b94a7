import { createServer } from 'node:net'

/** Whether nobody listens on that loopback port. Other servers of ours would share it, so it is tried without sharing. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
