import { openSocket } from '../upstream/open-socket.ts'
import type { Probe } from './probe.ts'
import { connectProblem, readBuffer } from './probe-socket.ts'

/** A connection can be made; nothing is sent. */
export const probeTcp: Probe = (target, _plan, course) =>
  new Promise((resolve) => {
    const socket = openSocket(target.isTls ? { ...target, isTls: false } : target, readBuffer, {
      onConnect() {
        course.connectUs = course.elapsedUs
        resolve(undefined)
        // A reset leaves nothing behind on either side.
        socket.reset()
      },
      onBytes() {},
      onDrain() {},
      onEnd() {},
      onClose: (why) => resolve(connectProblem(why)),
    })
    course.onPassed = () => socket.reset()
  })
