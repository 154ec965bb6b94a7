import type { TrafficRecord } from '../../src/slab/record.ts'

export function exampleRecord(differences: Partial<TrafficRecord> = {}): TrafficRecord {
  return {
    timeMs: Date.UTC(2026, 10, 20, 12),
    requestId: '019a9f3b-5c00-7abc-8def-0123456789ab',
    tenantId: 3,
    routeId: 4,
    keyId: 5,
    endpointId: 6,
    status: 200,
    isRejected: false,
    attempts: 1,
    bytesIn: 120,
    bytesOut: 5_000_000_000,
    durationUs: 1_523,
    waitingUs: 12,
    endpointUs: 1_400,
    clientAddress: '192.0.2.7',
    method: 'GET',
    host: 'api.acme.test',
    path: '/v1/things?page=2',
    code: '',
    userAgent: 'curl/8.5.0',
    failedAttempts: '',
    shadowed: '',
    rule: '',
    notes: '',
    ...differences,
  }
}
