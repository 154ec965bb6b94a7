import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPortFree } from '../../../src/cli/demo/is-port-free.ts'
import { startOrigin } from '../../support/start-origin.ts'
import { eventually } from '../../support/eventually.ts'

test('a port is free when nobody listens there', async (t) => {
  const origin = await startOrigin(t)
  assert.equal(await isPortFree(origin.port), false)
  origin.close()
  assert.equal(await eventually(() => isPortFree(origin.port)), true)
})
