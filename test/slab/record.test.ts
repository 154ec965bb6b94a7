import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRecord, recordLimits, writeRecord } from '../../src/slab/record.ts'
import { RingReader, RingWriter } from '../../src/slab/ring.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { exampleRecord } from './example-record.ts'

function openRing() {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  return { writer: new RingWriter(slab, 1), reader: new RingReader(slab, 1) }
}

const cases = [
  { name: 'a usual record', differences: {} },
  {
    name: 'a record of a malformed request',
    differences: { tenantId: 0, routeId: 0, keyId: 0, endpointId: 0, status: 400, host: '', path: '', endpointUs: -1 },
  },
  { name: 'a record without any text', differences: { requestId: '', clientAddress: '', method: '', userAgent: '' } },
  { name: 'a record with latin1 text', differences: { path: '/caf\u00e9\u00ff', userAgent: '\u0000\u0080' } },
  { name: 'a record of a refusal', differences: { status: 429, code: 'rate_limited', isRejected: true, attempts: 0 } },
  { name: 'a record of failed attempts', differences: { attempts: 3, failedAttempts: '12=endpoint_connect,13=503' } },
  { name: 'a record of shadowing limits', differences: { shadowed: 'tenant,key:ci' } },
  { name: 'a record of both', differences: { failedAttempts: '12=503', shadowed: 'tenant' } },
  { name: 'a record with text up to its end', differences: { failedAttempts: '1=5034567', path: '/v1/things?p' } },
  { name: 'large numbers', differences: { bytesIn: 2 ** 50, durationUs: 86_400e6, tenantId: 2 ** 32 - 1 } },
]

for (const { name, differences } of cases) {
  test(`${name} comes back as it was written`, () => {
    const { writer, reader } = openRing()
    const record = exampleRecord(differences)
    assert.ok(writeRecord(writer, record))
    assert.deepEqual(readRecord(reader.buffer, reader.next()), record)
  })
}

test('strings that are too long are cut at their own limit', () => {
  const { writer, reader } = openRing()
  const long = 'x'.repeat(20_000)
  const text = {
    requestId: long,
    clientAddress: long,
    method: long,
    host: long,
    code: long,
    userAgent: long,
    failedAttempts: long,
  }
  writeRecord(writer, exampleRecord({ ...text, path: long }))
  const record = readRecord(reader.buffer, reader.next())
  const { tail, ...limits } = recordLimits
  for (const [name, limit] of Object.entries({ ...limits, failedAttempts: tail })) {
    assert.equal(record[name as keyof typeof text | 'path'], long.slice(0, limit))
  }
})

test('durations are kept in whole microseconds', () => {
  const { writer, reader } = openRing()
  writeRecord(writer, exampleRecord({ durationUs: 1_523.4, waitingUs: 0.2, endpointUs: 1_400.6 }))
  const { durationUs, waitingUs, endpointUs } = readRecord(reader.buffer, reader.next())
  assert.deepEqual([durationUs, waitingUs, endpointUs], [1_523, 0, 1_401])
})

test('the padding behind a record holds nothing of an older one', () => {
  const { writer, reader } = openRing()
  for (let i = 0; i < 4_000; i++) {
    writeRecord(writer, exampleRecord({ tenantId: 1, path: 's'.repeat(i % 64) }))
    const at = reader.next()
    const record = readRecord(reader.buffer, at)
    const { requestId, clientAddress, method, host, path, code, userAgent } = record
    const textBytes = (requestId + clientAddress + method + host + path + code + userAgent).length
    const padding = reader.buffer.subarray(at + 85 + textBytes, at + reader.view.getUint32(at, true))
    assert.ok(padding.length < 8 && padding.every((byte) => byte === 0))
    reader.release()
  }
})
