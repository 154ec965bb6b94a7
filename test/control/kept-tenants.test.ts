import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { KeptTenants } from '../../src/control/kept-tenants.ts'
import { createLog } from '../../src/kit/log.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { openTenant, sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import { goodRows } from '../snapshot/tenant-rows.ts'
import { tempFolder } from '../support/temp-store.ts'

function sealGood() {
  const compiled = compileTenant(goodRows)
  assert.ok('snapshot' in compiled)
  return sealTenant(compiled.snapshot)
}

function start(t: TestContext) {
  const folder = join(tempFolder(t), 'kept')
  const log = createLog({ name: 'test' })
  const open = (version = '1.0.0') => new KeptTenants(folder, { version, log })
  const path = join(folder, 'tenant-7')
  return { open, path }
}

test('what is kept is there in the next life, ip rules and all, until it is forgotten', (t) => {
  const { open, path } = start(t)
  const sealed = sealGood()
  open().save(sealed)
  const keeper = open()
  const kept = keeper.load(7)
  assert.ok(kept)
  assert.deepEqual({ ...kept, bytes: 0 }, { ...sealed, bytes: 0 })
  assert.deepEqual(openTenant(kept), openTenant(sealed))
  assert.equal(keeper.load(8), undefined)
  keeper.forget(7)
  assert.ok(!existsSync(path))
})

test('what another version wrote, and what is torn, is not read', (t) => {
  const { open, path } = start(t)
  open().save(sealGood())
  assert.equal(open('1.0.1').load(7), undefined)
  writeFileSync(path, readFileSync(path).subarray(0, 20))
  assert.equal(open().load(7), undefined)
})
