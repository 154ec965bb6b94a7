import type { TestTenant } from './write-config.ts'

/** The tenants `t0`, `t1` … that figures of size are given for: three routes, three keys and ten ip rules each. */
export function manyTenants(count: number, endpointUrl: string): TestTenant[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `t${index}`,
    pools: { web: { endpoints: [endpointUrl] } },
    routes: [{ path: '/open' }, { path: '/api', auth: 'key' }, { path: '/', auth: 'key' }],
    keys: Object.fromEntries(['a', 'b', 'c'].map((name) => [name, `mtlb_${index}-${name}`])),
    limit: { rate: '1000/s', burst: 1_000 },
    ipRules: Object.fromEntries([
      ['127.0.0.0/8', 'allow'],
      ...Array.from({ length: 7 }, (_, rule) => [`10.${(index + rule) & 255}.${rule}.0/24`, 'allow']),
      [`2001:db8:${((index % 65_535) + 1).toString(16)}::/48`, 'allow'],
      [`203.0.113.${index & 255}/32`, 'deny'],
    ]),
  }))
}
