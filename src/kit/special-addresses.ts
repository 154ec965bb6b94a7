import { buildIpTable, findInIpTable } from './ip-table.ts'
import { parseAddress, parseRange, renderAddress } from './ip.ts'

/** Where no endpoint of anybody's is, and what a name that leads there is most likely meant to reach. */
const ranges: readonly (readonly [range: string, what: string])[] = [
  ['0.0.0.0/8', 'an unspecified address'],
  ['::/128', 'an unspecified address'],
  ['169.254.0.0/16', 'a link-local address, where clouds answer with credentials'],
  ['fe80::/10', 'a link-local address'],
  ['224.0.0.0/4', 'a multicast address'],
  ['ff00::/8', 'a multicast address'],
  ['255.255.255.255/32', 'the broadcast address'],
  ['100.100.100.200/32', "a cloud's metadata address"],
  ['168.63.129.16/32', "a cloud's metadata address"],
  ['192.0.0.192/32', "a cloud's metadata address"],
  ['fd00:ec2::/32', "a cloud's metadata address"],
  ['fd20:ce::254/128', "a cloud's metadata address"],
]

const table = buildIpTable(ranges.map(([range], value) => ({ range: parseRange(range)!, value })))

/**
 * What an address is that nothing should be sent to unasked (RFC 6890, and the metadata services of clouds): `a multicast address`;
 * undefined for all others. A v6 address that leads to a v4 address by itself is judged by that one.
 */
export function describeSpecialAddress(address: string): string | undefined {
  const found = findInIpTable(table, address)
  if (found !== -1) return ranges[found][1]
  const embedded = findEmbedded(address)
  return embedded === undefined ? undefined : describeSpecialAddress(embedded)
}

/** Of IPv4-compatible addresses, NAT64 (RFC 6052) and 6to4 (RFC 3056); mapped ones are that v4 address already. */
function findEmbedded(address: string): string | undefined {
  if (!address.includes(':')) return undefined
  const { family, words } = parseAddress(address) ?? { family: 0, words: [] }
  if (family !== 6) return undefined
  const [first, second, third, last] = words
  const isTranslated = (first === 0 || first === 0x64ff9b) && second === 0 && third === 0
  // ::1 is the loopback, and no v4 address.
  if (isTranslated && last > 1) return renderAddress({ family: 4, words: [last] })
  if (first >>> 16 !== 0x2002) return undefined
  return renderAddress({ family: 4, words: [((first << 16) | (second >>> 16)) >>> 0] })
}
