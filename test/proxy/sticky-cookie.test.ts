import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodePin, encodePin, renderSetCookie } from '../../src/proxy/sticky-cookie.ts'

const scope = { secret: 'of this folder', tenantId: 3, poolId: 17 }
const pin = { endpointId: 4_711, expiresMs: 1_795_176_000_000 }
const before = pin.expiresMs - 1
const value = encodePin(pin, scope)

test('a pin is read back until it expires', () => {
  assert.deepEqual(decodePin(value, scope, before), pin)
  assert.equal(decodePin(value, scope, pin.expiresMs), undefined)
})

test('nobody else has signed it: no other folder, tenant or pool', () => {
  for (const other of [{ secret: 'of another' }, { tenantId: 4 }, { poolId: 18 }, { secret: '' }]) {
    assert.equal(decodePin(value, { ...scope, ...other }, before), undefined)
  }
  const unsigned = encodePin(pin, { ...scope, secret: '' })
  assert.equal(decodePin(unsigned, { ...scope, secret: '' }, before), undefined)
})

test('a change of any character is noticed', () => {
  for (let at = 0; at < value.length; at += 1) {
    const changed = value.slice(0, at) + (value[at] === 'a' ? 'b' : 'a') + value.slice(at + 1)
    // The last character of the signature has two bits that mean nothing, and is compared all the same.
    assert.equal(decodePin(changed, scope, before), undefined, changed)
  }
})

test('what is no pin at all is none', () => {
  const [endpoint, expiry, signature] = value.split('.')
  const odd = ['', '.', '..', 'x', `${endpoint}.${signature}`, `.${signature}`, `${expiry}.${endpoint}.${signature}`]
  for (const each of [...odd, `${value}.${signature}`, `${value}\u0000`, 'a'.repeat(8_000), `${'a.'.repeat(4_000)}a`]) {
    assert.equal(decodePin(each, scope, before), undefined, each.slice(0, 50))
  }
})

test('the cookie is for the host alone, not for scripts, and only secure where the client is', () => {
  const plain = renderSetCookie(pin, scope, { ageMs: 3_600_000, isTls: false })
  assert.equal(plain, `Set-Cookie: mtlb_sticky_17=${value}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax\r\n`)
  assert.match(renderSetCookie(pin, scope, { ageMs: 3_600_000, isTls: true }), /; SameSite=Lax; Secure\r\n$/)
})
