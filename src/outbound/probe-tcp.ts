import net from 'node:net'
import type { Probe } from './probe.ts'

/** A connection can be made; nothing is sent. */
export const probeTcp: Probe = ({ host, port }, _plan, course) =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ host, port })
    course.onPassed = () => socket.destroy(new Error('too late'))
    socket.on('error', reject)
    socket.on('connect', () => {
      course.connectUs = course.elapsedUs
      // A reset leaves nothing behind on either side.
      socket.resetAndDestroy()
      resolve(undefined)
    })
  })
