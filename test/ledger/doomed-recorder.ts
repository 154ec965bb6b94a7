// Process of kill.test.ts: records and counts as fast as it can until it is killed. Says which record is the latest.
import { pino } from 'pino'
import { systemClock } from '../../src/kit/clock.ts'
import { Recorder } from '../../src/ledger/recorder.ts'
import { writeRecord } from '../../src/slab/record.ts'
import { RingWriter } from '../../src/slab/ring.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { exampleRecord } from '../slab/example-record.ts'
import { acme, countOutcome, retention } from './start-recorder.ts'

const folder = process.argv[2]
const slab = createSlab({ threads: 1 })
const ring = new RingWriter(slab, 0)
const log = pino({ level: 'silent' })
const recorder = new Recorder({ slab, folder, runId: process.pid, codes: [], retention, clock: systemClock, log })
recorder.learn(acme)

let next = 0
setInterval(() => {
  for (let i = 0; i < 100; i++) {
    writeRecord(ring, exampleRecord({ timeMs: Date.now(), requestId: `${process.pid}-${next++}` }))
    countOutcome(slab, 1)
  }
  recorder.turn()
  process.stdout.write(`${next}\n`)
}, 2)
