import net from 'node:net'
import type { TestContext } from 'node:test'
import { RawConnection } from './raw-connection.ts'

/** What a raw origin does with one connection; a text answers every request head that comes. */
export type RawScript = string | ((connection: RawConnection, index: number) => void | Promise<void>)

export interface RawOrigin {
  readonly url: string
  readonly port: number
  readonly connections: readonly RawConnection[]
}

/** An endpoint on 127.0.0.1 that records the exact bytes it gets and answers exactly what its script writes. */
export async function startRawOrigin(t: TestContext, script: RawScript): Promise<RawOrigin> {
  const connections: RawConnection[] = []
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection = new RawConnection(socket)
    connections.push(connection)
    if (typeof script === 'string') return connection.onHead(() => connection.write(script))
    // A script ends in the middle when its connection does: that is what many of them are for.
    Promise.resolve(script(connection, connections.length - 1)).catch(() => socket.destroy())
  })
  t.after(() => {
    server.close()
    for (const connection of connections) connection.reset()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, connections }
}
