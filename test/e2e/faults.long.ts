import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointFaults } from '../support/endpoint-faults.ts'
import { runFaultTrial, statedDetectionMs } from '../support/run-fault-trial.ts'

for (const [name, fault] of endpointFaults) {
  test(`of 5,000 requests none fails once it is found out that one endpoint of three ${name}`, async (t) => {
    const trial = await runFaultTrial(t, fault, 5_000)
    t.diagnostic(JSON.stringify({ ...trial, failed: trial.failed.length }))
    assert.deepEqual(trial.failedBefore, [])
    assert.deepEqual(trial.failedAfter, [])
    assert.ok(trial.detectionMs !== undefined && trial.detectionMs <= statedDetectionMs, String(trial.detectionMs))
    assert.ok(trial.retries <= trial.mostRetries, `${trial.retries} of ${trial.mostRetries}`)
  })
}
