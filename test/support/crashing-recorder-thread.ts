import { crashWhenTold } from './crash.ts'

// A recorder that dies when a test says so, and hears that before it says that it is ready.
crashWhenTold('recorder')
await import('../../src/ledger/recorder-thread.ts')
