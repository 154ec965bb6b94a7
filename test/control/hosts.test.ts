import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuseTakenHosts } from '../../src/control/hosts.ts'
import type { TenantSnapshot } from '../../src/snapshot/tenant-snapshot.ts'

const cases = [
  {
    name: 'a free name is granted',
    inForce: {},
    wanted: { 1: ['a.test'] },
    refused: {},
  },
  {
    name: 'a tenant keeps its own name',
    inForce: { 1: ['a.test'] },
    wanted: { 1: ['a.test', 'b.test'] },
    refused: {},
  },
  {
    name: 'a name in force stays with its holder',
    inForce: { 1: ['a.test'] },
    wanted: { 2: ['a.test', 'b.test'] },
    refused: { 2: ['a.test'] },
  },
  {
    name: 'a name moves when its holder gives it up in the same change',
    inForce: { 1: ['a.test'] },
    wanted: { 1: [], 2: ['a.test'] },
    refused: {},
  },
  {
    name: 'two tenants may swap their names',
    inForce: { 1: ['a.test'], 2: ['b.test'] },
    wanted: { 1: ['b.test'], 2: ['a.test'] },
    refused: {},
  },
  {
    name: 'of two that want a free name the first by revision gets it',
    inForce: {},
    wanted: { 2: ['a.test'], 1: ['a.test'] },
    refused: { 2: ['a.test'] },
  },
  {
    name: 'one refusal leads to the next along a chain',
    inForce: { 1: ['a.test'], 2: ['b.test'], 3: ['c.test'] },
    wanted: { 2: ['a.test'], 3: ['b.test'], 4: ['c.test'] },
    refused: { 2: ['a.test'], 3: ['b.test'], 4: ['c.test'] },
  },
] satisfies { name: string; inForce: Hosts; wanted: Hosts; refused: Hosts }[]

type Hosts = Record<number, string[]>

for (const { name, inForce, wanted, refused } of cases) {
  test(name, () => {
    const holders = new Map(entries(inForce).flatMap(([id, hosts]) => hosts.map((host) => [host, id])))
    const candidates = new Map(entries(wanted).map(([id, hosts]) => [id, snapshot(id, hosts)]))
    assert.deepEqual(refuseTakenHosts(holders, candidates), new Map(entries(refused)))
  })
}

function entries(hosts: Hosts): [number, string[]][] {
  return Object.entries(hosts).map(([id, names]) => [Number(id), names])
}

function snapshot(id: number, hosts: string[]): TenantSnapshot {
  return {
    id,
    name: `tenant-${id}`,
    revision: id,
    isSuspended: false,
    hosts,
    pools: [],
    routes: [],
    keys: [],
    limits: [],
    breaker: undefined,
    weight: 1,
    guarantee: 0,
    sharedPools: [],
    ipRules: undefined,
    shadowIpRules: [],
  }
}
