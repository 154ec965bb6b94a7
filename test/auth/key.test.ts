import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authMethods } from '../../src/auth/index.ts'
import { buildKeyTable, findKey, hashKey, mintKey } from '../../src/auth/key.ts'

test('a minted key is recognisable, random and stored as its hash only', () => {
  const minted = mintKey()
  assert.match(minted.secret, /^mtlb_[A-Za-z0-9_-]{43}$/)
  assert.equal(minted.prefix, minted.secret.slice(0, 9))
  assert.equal(minted.hash, hashKey(minted.secret))
  assert.notEqual(mintKey().secret, minted.secret)
})

test('a key is found by its secret, and by nothing else', () => {
  const minted = Array.from({ length: 1_000 }, () => mintKey())
  const table = buildKeyTable(minted.map(({ hash }, id) => ({ id, name: `key${id}`, hash })))
  for (const [id, { secret }] of minted.entries()) assert.equal(findKey(table, secret)?.id, id)
  for (const wrong of ['', 'mtlb_', mintKey().secret, minted[0].hash, `${minted[0].secret} `]) {
    assert.equal(findKey(table, wrong), undefined)
  }
})

test('hashes that begin alike are told apart', () => {
  const { secret, hash } = mintKey()
  const twin = hash.slice(0, 8) + hashKey('another').slice(8)
  const table = buildKeyTable([
    { id: 1, name: 'twin', hash: twin },
    { id: 2, name: 'mine', hash },
  ])
  assert.equal(findKey(table, secret)?.name, 'mine')
})

test('the methods are named as routes name them', () => {
  assert.deepEqual(
    authMethods.map((method) => method.name),
    ['key', 'none'],
  )
})
