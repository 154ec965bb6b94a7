import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inFlight } from '../../src/slab/gauges.ts'
import { noTenantSlot } from '../../src/slab/slots.ts'
import { readThreadCell, threadCell } from '../../src/slab/thread-cells.ts'
import { countTenantConnections } from '../../src/slab/connection-counts.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import type { RawScript } from '../support/start-raw-origin.ts'
import { eventually } from '../support/eventually.ts'
import { handshakeBytes } from '../support/websocket-bytes.ts'
import { startClient, turns } from './start-client.ts'

const get = 'GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'
const head = (fields: string) => `POST / HTTP/1.1\r\nHost: acme.test\r\n${fields}\r\n\r\n`
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const half = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'
const silent: RawScript = () => {}
const answers =
  (bytes: string): RawScript =>
  (connection) =>
    connection.onHead(() => connection.write(bytes))

interface End {
  readonly name: string
  readonly script: RawScript
  readonly sends: string
  /** What happens then, once the endpoint has what was sent. */
  readonly follows?: (client: RawConnection, endpoint: RawConnection | undefined) => void
  /** Seconds that pass then. */
  readonly seconds?: number
}

const reset = (client: RawConnection) => client.reset()
const end = (client: RawConnection) => client.end()
const ends: readonly End[] = [
  { name: 'a client that says nothing and resets', script: silent, sends: '', follows: reset },
  { name: 'a client that says nothing and ends', script: silent, sends: '', follows: end },
  { name: 'a client that says nothing in time', script: silent, sends: '', seconds: 11 },
  { name: 'half a head and a reset', script: silent, sends: 'GET / HTTP', follows: reset },
  { name: 'half a head and an end', script: silent, sends: 'GET / HTTP', follows: end },
  { name: 'half a head in time', script: silent, sends: 'GET / HTTP', seconds: 11 },
  { name: 'a head that is none', script: silent, sends: 'nonsense\r\n\r\n' },
  { name: 'a host that is nobody’s', script: silent, sends: get.replace('acme', 'nobody'), follows: reset },
  { name: 'half a body and a reset', script: silent, sends: `${head('Content-Length: 9')}half`, follows: reset },
  { name: 'half a body and an end', script: silent, sends: `${head('Content-Length: 9')}half`, follows: end },
  { name: 'half a body in time', script: silent, sends: `${head('Content-Length: 9')}half`, seconds: 11 },
  { name: 'a chunk that is none', script: silent, sends: `${head('Transfer-Encoding: chunked')}zz\r\n` },
  {
    name: 'a client that was told to go on and resets',
    script: silent,
    sends: head('Expect: 100-continue\r\nContent-Length: 9'),
    follows: reset,
  },
  {
    name: 'a refused body that stands still',
    script: silent,
    sends: `${head('Content-Length: 9').replace('acme', 'nobody')}half`,
    seconds: 11,
  },
  { name: 'a client that waits for its answer and resets', script: silent, sends: get, follows: reset },
  { name: 'a client that waits for its answer and ends', script: silent, sends: get, follows: end },
  { name: 'a client that has half of its answer and resets', script: answers(half), sends: get, follows: reset },
  { name: 'a client that has half of its answer and ends', script: answers(half), sends: get, follows: end },
  { name: 'a client that pipelines and resets', script: silent, sends: get.repeat(100), follows: reset },
  {
    name: 'a client that pipelines, is answered and resets',
    script: answers(ok),
    sends: get.repeat(100),
    follows: reset,
  },
  { name: 'an upgrade that is not answered and a reset', script: silent, sends: handshakeBytes(), follows: reset },
  { name: 'an endpoint that says nothing in time', script: silent, sends: get, seconds: 61 },
  { name: 'an endpoint that stands still in its answer', script: answers(half), sends: get, seconds: 61 },
  { name: 'an endpoint that stands still in its head', script: answers('HTTP/1.1 2'), sends: get, seconds: 61 },
  { name: 'an endpoint that ends at once', script: (connection) => connection.end(), sends: get },
  { name: 'an endpoint that resets at once', script: (connection) => connection.reset(), sends: get },
  { name: 'an endpoint that resets', script: silent, sends: get, follows: (_, endpoint) => endpoint?.reset() },
  { name: 'an endpoint that ends', script: silent, sends: get, follows: (_, endpoint) => endpoint?.end() },
  {
    name: 'an endpoint that ends in its answer',
    script: silent,
    sends: get,
    follows: (_, endpoint) => endpoint?.end(half),
  },
  { name: 'an endpoint that answers nonsense', script: answers('nonsense\r\n\r\n'), sends: get },
  { name: 'an endpoint that switches unasked', script: answers('HTTP/1.1 101 Switching\r\n\r\n'), sends: get },
  { name: 'an endpoint with hints without end', script: answers('HTTP/1.1 103 Hints\r\n\r\n'.repeat(9)), sends: get },
  { name: 'an endpoint that answers too early', script: answers(ok), sends: head('Content-Length: 9') },
  { name: 'an endpoint that answers too much', script: answers(`${ok}more`), sends: get },
  {
    name: 'an endpoint that resets under a body',
    script: silent,
    sends: `${head('Content-Length: 9')}half`,
    follows: (_, endpoint) => endpoint?.reset(),
  },
  { name: 'an endpoint that refuses an upgrade', script: answers(ok), sends: handshakeBytes() },
]

for (const { name, script, sends, follows, seconds = 0 } of ends) {
  test(`${name}: everything that was taken is given back`, async (t) => {
    const { thread, slab, tenantSlot, client, origin, readGauges, pass, expiring } = await startClient(t, script)
    client.write(sends)
    await turns()
    follows?.(client, origin.connections[0])
    await turns()
    await pass(seconds * 1_000)
    client.reset()
    await eventually(() => thread.connections.size === 0)
    assert.deepEqual(readGauges(), [0, 0, 0])
    assert.equal(inFlight(slab, noTenantSlot), 0)
    assert.equal(countTenantConnections(slab, tenantSlot), 0)
    assert.equal(readThreadCell(slab, 0, threadCell.connections), 0)
    // What lies idle goes with its time.
    await pass(31_000)
    assert.equal(thread.upstream.room.open, 0)
    assert.deepEqual([...expiring], [])
  })
}
