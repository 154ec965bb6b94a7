import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointFaults } from '../support/endpoint-faults.ts'
import { runFaultTrial, statedDetectionMs } from '../support/run-fault-trial.ts'

// All faults, and five times as many requests: faults.long.ts.
for (const [name, fault] of endpointFaults.filter(([, { kind }]) => ['reset', 'half-open', 'garbage'].includes(kind))) {
  test(`no request fails because one endpoint of three ${name}`, async (t) => {
    const trial = await runFaultTrial(t, fault, 1_000)
    assert.deepEqual([trial.failedBefore, trial.failed], [[], []])
    assert.ok(trial.detectionMs !== undefined && trial.detectionMs <= statedDetectionMs, String(trial.detectionMs))
    assert.ok(trial.retries > 0 && trial.retries <= trial.mostRetries, `${trial.retries} of ${trial.mostRetries}`)
  })
}
