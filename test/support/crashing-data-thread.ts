import { workerData } from 'node:worker_threads'
import '../../src/proxy/data-thread.ts'
import { crashWhenTold } from './crash.ts'

// A data thread that dies when a test says so.
crashWhenTold(`data-${workerData.thread}`)
