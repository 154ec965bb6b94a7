import { takeInstanceLock } from '../../src/store/instance-lock.ts'

/** A process of its own that holds the lock until it is killed. */
takeInstanceLock(process.argv[2])
process.stdout.write('held\n')
setInterval(() => undefined, 60_000)
