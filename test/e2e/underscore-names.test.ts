import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setting } from '../../src/model/setting.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

test('a field whose name has an underscore is left out, or refused where the setting says so', async (t) => {
  const origin = await startRawOrigin(t, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const send = async (field: string) => {
    const client = await connectRaw(t, proxy.port)
    client.write(`GET / HTTP/1.1\r\nHost: acme.test\r\n${field}: 1\r\nX-Kept: yes\r\n\r\n`)
    await client.until()
    return { client, status: client.received.slice(9, 12) }
  }

  assert.equal((await send('X_Forwarded_For')).status, '200')
  assert.doesNotMatch(origin.connections[0].received, /_/)
  assert.match(origin.connections[0].received, /\r\nX-Kept: yes\r\n/)

  await proxy.change((writer) => writer.insert(setting, { name: 'underscore-names', value: 'refuse' }))
  const { client, status } = await send('X_Forwarded_For')
  assert.equal(status, '400')
  assert.match(client.received, /"detail":"a field name has an underscore"/)
  await client.untilEnded()
  assert.equal((await send('X-Forwarded-For')).status, '200')
  assert.equal(origin.connections.flatMap(({ received }) => received.match(/^GET/gm) ?? []).length, 2)
})
