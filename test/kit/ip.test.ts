import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import { parseAddress, parseRange, renderAddress, renderRange, suggestRange } from '../../src/kit/ip.ts'

const addresses: readonly (readonly [text: string, canonical: string | undefined])[] = [
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.01', undefined],
  ['192.0.2.256', undefined],
  ['192.0.2', undefined],
  ['192.0.2.1.', undefined],
  ['192.0.2.1 ', undefined],
  ['1.2.3.4.5', undefined],
  ['', undefined],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8::A', '2001:db8::a'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ['1:2:3:4:5:6:7:1.2.3.4', undefined],
  ['::1.2.3.4:5', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['1:2:3:4::5:6:7:8', undefined],
  ['1::2::3', undefined],
  [':1', undefined],
  ['1:', undefined],
  [':::', undefined],
  ['12345::', undefined],
  ['g::', undefined],
  ['fe80::1%eth0', undefined],
]

for (const [text, canonical] of addresses) {
  test(`the address "${text}" is ${canonical ?? 'refused'}`, () => {
    const address = parseAddress(text)
    assert.equal(address === undefined ? undefined : renderAddress(address), canonical)
  })
}

test('node:net agrees on what is an address, also for texts made of random pieces', () => {
  const pieces = ['0', '1', '10', '255', '256', 'ffff', 'a0', ':', ':', '::', '.', '.', '1.2.3.4', '::ffff:', '/']
  for (let round = 0; round < 20_000; round += 1) {
    let text = ''
    for (let piece = round % 12; piece >= 0; piece -= 1) text += pieces[Math.floor(Math.random() * pieces.length)]
    assert.equal(parseAddress(text) !== undefined, isIP(text) !== 0, text)
  }
})

const ranges: readonly (readonly [text: string, canonical: string | undefined, suggestion?: string])[] = [
  ['203.0.113.0/24', '203.0.113.0/24'],
  ['203.0.113.7', '203.0.113.7/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['::/0', '::/0'],
  ['2001:db8::/32', '2001:db8::/32'],
  ['2001:DB8::1', '2001:db8::1/128'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['203.0.113.7/24', undefined, '203.0.113.0/24'],
  ['2001:db8::1/64', undefined, '2001:db8::/64'],
  ['203.0.113.0/33', undefined],
  ['203.0.113.0/024', undefined],
  ['203.0.113.0/', undefined],
  ['203.0.113.0/-1', undefined],
  ['203.0.113.0/24/24', undefined],
  ['::ffff:10.0.0.0/90', undefined],
  ['::/129', undefined],
]

for (const [text, canonical, suggestion] of ranges) {
  test(`the range "${text}" is ${canonical ?? 'refused'}`, () => {
    const range = parseRange(text)
    assert.equal(range === undefined ? undefined : renderRange(range), canonical)
    if (canonical === undefined) assert.equal(suggestRange(text), suggestion)
  })
}
