import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSpecialAddress } from '../../src/kit/special-addresses.ts'

const special = [
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['::', 'unspecified'],
  ['169.254.0.0', 'link-local'],
  ['169.254.169.254', 'link-local'],
  ['169.254.255.255', 'link-local'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['ff02::1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['100.100.100.200', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['192.0.0.192', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['fd00:ec2::23', 'metadata'],
  ['fd20:ce::254', 'metadata'],
  // v6 addresses that lead to a v4 address by themselves.
  ['::ffff:169.254.169.254', 'link-local'],
  ['::ffff:0.0.0.0', 'unspecified'],
  ['::169.254.169.254', 'link-local'],
  ['64:ff9b::a9fe:a9fe', 'link-local'],
  ['64:ff9b::224.0.0.1', 'multicast'],
  ['2002:a9fe:a9fe::1', 'link-local'],
  ['2002:0:1::', 'unspecified'],
] as const

for (const [address, what] of special) {
  test(`${address} is ${what}`, () => assert.match(describeSpecialAddress(address) ?? '', new RegExp(what)))
}

test('all other addresses are nothing special', () => {
  const usual =
    '127.0.0.1 127.255.255.255 ::1 10.0.0.1 192.168.0.1 172.16.0.1 169.253.255.255 169.255.0.0 223.255.255.255'
  const more =
    '100.100.100.199 fe7f::1 fec0::1 fd00:ec3::254 fd00::1 2001:db8::1 64:ff9b::a00:1 2002:a00:1::1 ::ffff:10.0.0.1 1.1.1.1'
  for (const address of [...usual.split(' '), ...more.split(' ')])
    assert.equal(describeSpecialAddress(address), undefined)
  assert.equal(describeSpecialAddress('web.internal'), undefined)
})
