import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { findPortHolder, isPortQuiet, listeningInodes } from '../../src/control/port-holder.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0000000000000000 100
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 41002 1 0000000000000000 20
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41003 1 0000000000000000 100
`

test('of the kernel’s table only sockets that listen on the port count', () => {
  assert.deepEqual(listeningInodes(table, 8080), ['41001'])
  assert.deepEqual(listeningInodes(table, 80), ['41003'])
  assert.deepEqual(listeningInodes(table, 443), [])
})

test('the holder of a port is found by its pid', { skip: process.platform !== 'linux' }, async (t) => {
  const server = createServer()
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  assert.equal((await findPortHolder(port))?.pid, process.pid)
  assert.equal(await isPortQuiet(port), false)
})

test('a free port has no holder', async () => {
  assert.equal(await findPortHolder(1), undefined)
  assert.equal(await isPortQuiet(1), process.platform === 'linux')
})
