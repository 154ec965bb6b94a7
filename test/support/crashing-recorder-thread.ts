import '../../src/ledger/recorder-thread.ts'
import { crashWhenTold } from './crash.ts'

// A recorder that dies when a test says so.
crashWhenTold('recorder')
