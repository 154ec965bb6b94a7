import { readVersion } from './version.ts'

// The entry of bin/mtlb. It knows one answer by heart and loads the rest only when it is needed.
process.stdout.on('error', (error) => void endOnFailedWrite(error))
process.stderr.on('error', (error) => void endOnFailedWrite(error))
process.once('uncaughtException', (bug) => void endWithReport(bug))
process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V') {
    process.stdout.write(`mtlb ${readVersion()}\n`)
    return 0
  }
  const [{ run }, { createSurroundings }] = await Promise.all([import('./run.ts'), import('./create-surroundings.ts')])
  return run(argv, createSurroundings())
}

async function endWithReport(bug: unknown): Promise<void> {
  const { reportError } = await import('./report-error.ts')
  const err = { isTerminal: false, width: 80, write: (text: string) => process.stderr.write(text) }
  process.exit(reportError(bug, { isJson: process.argv.includes('--json'), err, env: process.env }))
}

/** A closed pipe wants no more; a full disk must be told of, for a key is shown only once. */
async function endOnFailedWrite(error: NodeJS.ErrnoException): Promise<void> {
  if (error.code === 'EPIPE') process.exit(0)
  const { UserError } = await import('../kit/user-error.ts')
  await endWithReport(new UserError('failed', `the output cannot be written: ${error.message}`))
}
