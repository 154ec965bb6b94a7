/** Everything but the tests that must hold before a commit: `npm run check`. One line when all is well. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

interface Step {
  readonly name: string
  readonly command: string
}

const steps: readonly Step[] = [
  { name: 'types', command: 'tsc -p .' },
  { name: 'unused code', command: 'knip --no-progress --treat-config-hints-as-errors' },
  { name: 'lint', command: 'oxlint --format=unix' },
  { name: 'format', command: 'oxfmt --list-different' },
  { name: 'generated files', command: 'node packaging/generate.ts --check' },
]

const startedMs = performance.now()
const waiting = [...steps]
let failures = 0
// Two lanes: as many as the smallest machine we care for has cores.
await Promise.all([runWaiting(), runWaiting()])

const took = `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`
if (failures === 0) console.log(`check: ${steps.map((step) => step.name).join(', ')} are fine (${took})`)
if (failures > 0) console.log(`check: ${failures} of ${steps.length} steps failed (${took})`)
process.exitCode = failures === 0 ? 0 : 1

async function runWaiting(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await runStep(step)
}

async function runStep({ name, command }: Step): Promise<void> {
  // npm puts node_modules/.bin first in PATH, so `node` is the pinned runtime.
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (exitCode === 0) return
  failures++
  console.log(`${name}: ${command}\n${output}${errors}`)
}
