import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseWrkReport } from '../../bench/wrk.ts'

const printed = `Running 2s test @ http://127.0.0.1:8080/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.33ms    1.51ms  24.91ms   91.65%
    Req/Sec    28.89k     1.11k   31.47k    75.00%
  Latency Distribution
     50%  870.00us
     75%    2.40ms
     90%    3.51ms
     99%    1.25s
  57480 requests in 2.00s, 12.39MB read
`
const rates = `Requests/sec:  28735.92
Transfer/sec:      6.19MB
`

test('a report of wrk is read in milliseconds, whatever unit it chose', () => {
  assert.deepEqual(parseWrkReport(printed + rates), {
    requests: 57_480,
    requestsPerSecond: 28_735.92,
    p50Ms: 0.87,
    p99Ms: 1_250,
    refused: 0,
    socketErrors: 0,
  })
})

test('refusals and socket errors of all kinds are counted', () => {
  const errors = '  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 57000\n'
  const { refused, socketErrors } = parseWrkReport(printed + errors + rates)
  assert.deepEqual({ refused, socketErrors }, { refused: 57_000, socketErrors: 10 })
})

test('what wrk does not print is not taken for figures', () => {
  assert.throws(() => parseWrkReport('unable to connect to 127.0.0.1:1'), /something else than expected/)
})
