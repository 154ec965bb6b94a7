import { workerData } from 'node:worker_threads'
import { crashWhenTold } from './crash.ts'

// A data thread that dies when a test says so, and hears that before it says that it is ready.
crashWhenTold(`data-${workerData.thread}`)
await import('../../src/proxy/data-thread.ts')
