import { splitEndpointUrl } from '../kit/field/endpoint-url.ts'
import { buildIpTable, findInIpTable } from '../kit/ip-table.ts'
import { parseRange } from '../kit/ip.ts'
import { describeSpecialAddress } from '../kit/special-addresses.ts'
import { endpoint } from './endpoint.ts'
import type { EndpointRow } from './endpoint.ts'
import type { Misfit } from './misfit.ts'
import type { Settings } from './setting.ts'

/** Addresses that no server sends anything to; where names lead is found out by the server alone, which refuses them then. */
export function findEndpointForbidden({ url }: Partial<EndpointRow>, settings: () => Settings): Misfit | undefined {
  const { kind, host } = url === undefined ? { kind: 'name', host: '' } : splitEndpointUrl(url)
  const what = kind === 'address' ? describeSpecialAddress(host) : undefined
  if (what === undefined || isAllowed(host, settings().allowAddresses)) return undefined
  return {
    field: endpoint.fields.url.column,
    message: `${host} is ${what}: nothing is sent there`,
    hint: `If it is meant: 'mtlb setting set allow-addresses ${host}'.`,
  }
}

function isAllowed(address: string, ranges: readonly string[]): boolean {
  const parsed = ranges.map(parseRange).filter((range) => range !== undefined)
  return findInIpTable(buildIpTable(parsed.map((range) => ({ range, value: 1 }))), address) !== -1
}
