import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { resolveDataFolder } from '../../src/store/data-folder.ts'
import { tempFolder } from '../support/temp-store.ts'

const nowhere = '/nonexistent/mtlb'

const cases: readonly { name: string; flag?: string; environment: Record<string, string>; expect: string }[] = [
  { name: 'the flag comes first', flag: '/a', environment: { MTLB_DATA: '/b' }, expect: '/a' },
  { name: 'a relative folder starts here', flag: 'a', environment: {}, expect: resolve('a') },
  { name: 'then MTLB_DATA', environment: { MTLB_DATA: '/b', HOME: '/home/ada' }, expect: '/b' },
  { name: 'an empty MTLB_DATA is none', environment: { MTLB_DATA: '', HOME: '/h' }, expect: '/h/.local/state/mtlb' },
  { name: 'then XDG_STATE_HOME', environment: { XDG_STATE_HOME: '/s', HOME: '/h' }, expect: '/s/mtlb' },
  {
    name: 'a relative XDG_STATE_HOME is none',
    environment: { XDG_STATE_HOME: 's', HOME: '/h' },
    expect: '/h/.local/state/mtlb',
  },
]

for (const { name, flag, environment, expect } of cases) {
  test(`of the places for data, ${name}`, () => {
    assert.equal(resolveDataFolder(flag, environment, nowhere), expect)
  })
}

test("the system's folder comes before the user's own where it is writable", (t) => {
  const system = tempFolder(t)
  assert.equal(resolveDataFolder(undefined, { HOME: '/h' }, system), system)
  assert.equal(resolveDataFolder(undefined, { HOME: '/h' }, join(system, 'none')), '/h/.local/state/mtlb')
})

test('an empty flag names no folder', () => {
  assert.throws(() => resolveDataFolder('', {}, nowhere), { code: 'usage' })
})
