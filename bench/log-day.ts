import { createLog } from '../src/kit/log.ts'
import { createRequestId } from '../src/kit/uuid7.ts'
import type { OwnersMessage } from '../src/ledger/name-book.ts'
import { Recorder } from '../src/ledger/recorder.ts'
import { writeRecord } from '../src/slab/record.ts'
import type { TrafficRecord } from '../src/slab/record.ts'
import { RingWriter } from '../src/slab/ring.ts'
import { createSlab } from '../src/slab/slab.ts'

export interface LogDayPlan {
  readonly folder: string
  /** Unix milliseconds at which the UTC day begins. */
  readonly startMs: number
  readonly records: number
  readonly tenants: number
}

const minutesOfDay = 1_440

/**
 * Writes a day of traffic with the recorder itself, over a clock that goes from minute to minute: a minute's records pass
 * through a ring, are committed as fresh chunks and merged later. All tenants have the same share, all day long.
 */
export function writeLogDay({ folder, startMs, records, tenants }: LogDayPlan): void {
  const slab = createSlab({ threads: 1 })
  let nowMs = startMs
  const clock = { wallMs: () => nowMs, monotonicUs: () => nowMs * 1_000 }
  const retention = { retentionDays: 30, retentionBytes: 100e9 }
  const log = createLog({ name: 'recorder' })
  const recorder = new Recorder({ slab, folder, runId: 1, codes: [], retention, clock, log })
  for (let index = 0; index < tenants; index++) recorder.learn(describeOwners(index, tenants))
  const ring = new RingWriter(slab, 0)
  let written = 0
  for (let minute = 1; minute <= minutesOfDay; minute++) {
    const due = Math.floor((records * minute) / minutesOfDay)
    for (; written < due; written++) {
      const timeMs = Math.floor(startMs + (written / records) * minutesOfDay * 60_000)
      if (!writeRecord(ring, createRecord(written, tenants, timeMs))) throw new Error('the ring is full')
    }
    nowMs = startMs + minute * 60_000 - 1
    recorder.turn()
  }
  recorder.stop()
}

/** What the tenant of that number is called. */
export function logTenantName(index: number): string {
  return `tenant-${index}`
}

/** Slot 0 is nobody's. */
function describeOwners(index: number, tenants: number): OwnersMessage {
  const id = index + 1
  return {
    kind: 'owners',
    tenant: { id, name: logTenantName(index), slot: id },
    routes: [{ id, name: 'api', slot: tenants + id }],
    endpoints: [{ id, name: 'http://127.0.0.1:9001', slot: 2 * tenants + id }],
    keys: [{ id, name: 'ci', slot: 3 * tenants + id }],
  }
}

const paths = ['/v1/orders', '/v1/orders?page=2', '/v1/items/4711', '/v1/customers/42/invoices', '/health']
const userAgents = [
  'curl/8.5.0',
  'okhttp/4.12.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
]

function createRecord(number: number, tenants: number, timeMs: number): TrafficRecord {
  const id = (number % tenants) + 1
  const isLimited = number % 211 === 0
  const durationUs = 800 + ((number * 7_919) % 40_000)
  return {
    timeMs,
    requestId: createRequestId(timeMs),
    tenantId: id,
    routeId: id,
    keyId: id,
    endpointId: isLimited ? 0 : id,
    status: isLimited ? 429 : number % 97 === 0 ? 404 : 200,
    isRejected: isLimited,
    attempts: isLimited ? 0 : 1,
    bytesIn: 180 + (number % 300),
    bytesOut: 900 + ((number * 31) % 9_000),
    durationUs,
    waitingUs: 0,
    endpointUs: isLimited ? -1 : durationUs - 150,
    clientAddress: `192.0.2.${number % 251}`,
    method: number % 7 === 0 ? 'POST' : 'GET',
    host: `api.${logTenantName(id - 1)}.test`,
    path: paths[number % paths.length],
    code: isLimited ? 'rate_limited' : '',
    userAgent: userAgents[number % userAgents.length],
    failedAttempts: '',
    shadowed: '',
    rule: '',
    notes: '',
  }
}
