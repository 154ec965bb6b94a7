import type { Probe } from './probe.ts'
import { explainEnd, runCommand } from './run-command.ts'

const mostOutputBytes = 1_024

/** Runs a command, told in its environment whom it checks; exit code 0 is good, and else the first line that it says tells why. */
export const probeExec: Probe = async (target, plan, course) => {
  const running = runCommand(plan.command, {
    environment: { MTLB_URL: target.url, MTLB_HOST: target.address, MTLB_PORT: String(target.port) },
    mostOutputBytes,
  })
  course.onPassed = () => running.end()
  const ended = await running.whenEnded
  return ended.isGood ? undefined : explainEnd(ended)
}
