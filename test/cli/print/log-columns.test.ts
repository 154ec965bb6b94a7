import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderLogHeading, renderLogLine } from '../../../src/cli/print/log-columns.ts'
import type { LogLine } from '../../../src/ledger/log-line.ts'

const line: LogLine = {
  time: '2026-11-20T12:00:00.000Z',
  request_id: '01a1f95c-257f-7099-beeb-d8221d66f7b1',
  tenant: 'a-long-tenant',
  route: 'api',
  key: 'ci',
  client: '203.0.113.9',
  method: 'GET',
  host: 'api.acme.test',
  path: `/hello?${'x'.repeat(200)}`,
  status: 502,
  code: 'endpoint_protocol',
  endpoint: 'http://127.0.0.1:9001',
  attempts: 1,
  bytes_in: 148,
  bytes_out: 548,
  duration_ms: 12_345.6,
  waiting_ms: 0.1,
  endpoint_ms: null,
  user_agent: 'curl',
  failed_attempts: [],
  shadowed_by: [],
  rule: null,
  trace: [],
}

for (const width of [80, 100, 130, 200]) {
  test(`a line of the log is no wider than a window of ${width} columns`, () => {
    assert.ok(renderLogHeading(width).length <= width)
    assert.equal(renderLogLine(line, width).length, width)
  })
}

test('what a line tells grows with the window', () => {
  const [narrow, usual, wide] = [80, 100, 130].map((width) => renderLogLine(line, width))
  assert.match(narrow, /^12:00:00\.000 {2}a-long-te… {2}502 {8}12\.3s {2}endpoint_proto… {2}GET \/hello\?x+…$/)
  assert.match(usual, /endpoint_protocol {2}GET api\.acme\.test\/hello\?x+…$/)
  assert.match(wide, /^2026-11-20 12:00:00\.000Z {2}a-long-tena… {2}203\.0\.113\.9 /)
})
